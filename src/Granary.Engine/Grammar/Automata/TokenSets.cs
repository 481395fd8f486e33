using Granary.Engine.Grammar.Expressions;
using Granary.Engine.Grammar.Vocabulary;

namespace Granary.Engine.Grammar.Automata;

/// <summary>
/// Finds the tokens that a state allows, and remembers them. What depends on the innermost rule alone is found once, for whoever calls
/// the rule; only tokens that go on beyond its end are looked at again for each caller. Not thread-safe.
/// </summary>
/// <remarks>The split into tokens that depend on the stack and tokens that do not: Dong et al., "XGrammar: Flexible and efficient structured generation engine for large language models", 2024.</remarks>
internal sealed class TokenSets(Automaton automaton, ExpressionBuilder builder, TokenVocabulary vocabulary)
{
    private readonly TokenWalk _walk = new(automaton);
    private readonly Dictionary<State, InnerTokens> _inner = [];
    private readonly Dictionary<(State Inner, Continuation Frame, bool IsAccepting), TokenSet> _sets = [];
    private readonly List<Continuation> _stack = [];
    private TokenSet? _first;

    private long MaskBytes => (_inner.Count + _sets.Count) * (long)vocabulary.EndMask.Length * sizeof(ulong);

    /// <summary>The tokens that may come in a state.</summary>
    /// <exception cref="ConstraintException">They cost too much to find.</exception>
    public TokenSet Of(State state) => state.Tokens ??= Find(state);

    /// <summary>The tokens that may begin the output.</summary>
    /// <exception cref="ConstraintException">They cost too much to find.</exception>
    public TokenSet First()
    {
        if (ReferenceEquals(vocabulary.FirstTrie, vocabulary.Trie))
        {
            return Of(automaton.Start);
        }

        if (_first is null)
        {
            ulong[] mask = new ulong[vocabulary.EndMask.Length];
            bool hasText = _walk.Run(vocabulary.FirstTrie, automaton.Start, -1, mask, ends: null);
            _first = new TokenSet(WithEnd(mask, automaton.Start.IsAccepting), hasText);
        }

        return _first;
    }

    /// <summary>Forgets what is beyond the limits.</summary>
    public void Trim()
    {
        if (automaton.Count > GrammarLimits.MaxStates)
        {
            automaton.Forget();
            _inner.Clear();
            _sets.Clear();
        }
        else if (MaskBytes > GrammarLimits.MaxMaskBytes)
        {
            foreach (State state in automaton.States)
            {
                state.Tokens = null;
            }

            _inner.Clear();
            _sets.Clear();
        }
    }

    private TokenSet Find(State state)
    {
        if (!state.CanGoOn)
        {
            return new TokenSet(WithEnd(new ulong[vocabulary.EndMask.Length], state.IsAccepting), HasText: false);
        }

        Continuation frame = state.Leaves[0].Frame;
        if (state.Leaves.All(leaf => leaf.Frame == frame))
        {
            return InFrame(Inner(state.Leaves), frame, state.IsAccepting);
        }

        ulong[] mask = new ulong[vocabulary.EndMask.Length];
        bool hasText = false;
        foreach (IGrouping<Continuation, Continuation> leaves in state.Leaves.GroupBy(leaf => leaf.Frame))
        {
            TokenSet part = InFrame(Inner(leaves), leaves.Key, isAccepting: false);
            hasText |= part.HasText;
            Add(mask, part.Mask);
        }

        return new TokenSet(WithEnd(mask, state.IsAccepting), hasText);
    }

    private TokenSet InFrame(State inner, Continuation frame, bool isAccepting)
    {
        if (_sets.TryGetValue((inner, frame, isAccepting), out TokenSet? found))
        {
            return found;
        }

        InnerTokens tokens = InnerOf(inner);
        ulong[] mask = [.. tokens.Mask];
        if (frame.Head is not null && tokens.Ends.Count > 0)
        {
            State after = automaton.Close(frame.Tail!);
            foreach (int node in tokens.Ends)
            {
                _walk.Run(vocabulary.Trie, after, node, mask, ends: null);
            }
        }

        // A token that goes on beyond the rule begins with one that ends it, but that one need not exist.
        bool hasText = tokens.HasText || mask.AsSpan().ContainsAnyExcept(0UL);
        return _sets[(inner, frame, isAccepting)] = new TokenSet(WithEnd(mask, isAccepting), hasText);
    }

    private InnerTokens InnerOf(State inner)
    {
        if (!_inner.TryGetValue(inner, out InnerTokens? tokens))
        {
            ulong[] mask = new ulong[vocabulary.EndMask.Length];
            List<int> ends = [];
            bool hasText = _walk.Run(vocabulary.Trie, inner, -1, mask, ends);
            _inner[inner] = tokens = new InnerTokens(mask, ends, hasText);
        }

        return tokens;
    }

    /// <summary>The state of leaves of one frame, without what is outside of the frame.</summary>
    private State Inner(IEnumerable<Continuation> leaves)
    {
        return automaton.StateOf(leaves.Select(WithoutFrame));

        Continuation WithoutFrame(Continuation leaf)
        {
            _stack.Clear();
            for (Continuation at = leaf; at != leaf.Frame; at = at.Tail!)
            {
                _stack.Add(at);
            }

            Continuation result = automaton.Hole;
            for (int i = _stack.Count - 1; i >= 0; i--)
            {
                result = automaton.Push(Capped(_stack[i].Head!), result);
            }

            return result;
        }
    }

    /// <summary>A token has no more than so many bytes: repetitions beyond look alike to it.</summary>
    private Expression Capped(Expression expression)
    {
        int longest = vocabulary.Trie.MaxDepth;
        return expression.Kind is ExpressionKind.Repeat
            ? builder.Unfolded(expression, Math.Min(expression.Least, longest + 1), expression.Most > longest ? Expression.Unbounded : expression.Most)
            : expression;
    }

    private ulong[] WithEnd(ulong[] mask, bool isAccepting)
    {
        if (isAccepting)
        {
            Add(mask, vocabulary.EndMask);
        }

        return mask;
    }

    private static void Add(ulong[] mask, ulong[] more)
    {
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] |= more[i];
        }
    }

    /// <param name="Mask">Tokens that stay inside the rule, or end where it ends.</param>
    /// <param name="Ends">Nodes of the trie at which the rule may end, with longer tokens below.</param>
    /// <param name="HasText">Whether the mask has a token.</param>
    private sealed record InnerTokens(ulong[] Mask, List<int> Ends, bool HasText);
}
