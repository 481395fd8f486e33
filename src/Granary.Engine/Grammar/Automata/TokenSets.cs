using Granary.Engine.Grammar.Expressions;
using Granary.Engine.Grammar.Vocabulary;
using Key = Granary.Engine.Grammar.Automata.TokenCache.Key;

namespace Granary.Engine.Grammar.Automata;

/// <summary>
/// Finds the tokens that a state allows, and remembers them. What depends on the innermost rule or counted repetition alone is found
/// once, for whoever calls the rule and whatever the count; only tokens that go on beyond its end are looked at again. One thread at a time.
/// </summary>
/// <remarks>
/// The split into tokens that depend on the stack and tokens that do not: Dong et al., "XGrammar: Flexible and efficient structured
/// generation engine for large language models", 2024. Counts as registers beside the state: Turoňová et al., "Regex matching with counting-set automata", OOPSLA 2020.
/// </remarks>
internal sealed class TokenSets
{
    private readonly Automaton _automaton;
    private readonly TokenVocabulary _vocabulary;
    private readonly TokenWalk _walk;
    private readonly LoopExits _exits;
    private readonly TokenReach _reach;
    private readonly TokenCache _cache = new(GrammarLimits.MaxMaskBytes);
    private readonly TokenSet _end;
    private readonly List<Continuation> _stack = [];

    /// <param name="automaton">Matches tokens; nobody else's.</param>
    /// <param name="vocabulary">The model's tokens.</param>
    public TokenSets(Automaton automaton, TokenVocabulary vocabulary)
    {
        (_automaton, _vocabulary) = (automaton, vocabulary);
        _walk = new TokenWalk(automaton);
        _exits = new LoopExits(automaton, _walk, vocabulary);
        _reach = new TokenReach(automaton, vocabulary);
        _end = new TokenSet(vocabulary.EndMask, hasText: false);
    }

    /// <summary>Notes a use. Any thread may call it.</summary>
    public void Touch(TokenSet tokens) => tokens.LastUse = _cache.Clock;

    /// <summary>The tokens that may come in a state of the automaton that follows texts.</summary>
    /// <exception cref="ConstraintException">They cost too much to find.</exception>
    public TokenSet Of(State state)
    {
        if (state.Tokens is { Mask: not null } known)
        {
            return known;
        }

        Trim();
        return state.Tokens = Find(state);
    }

    /// <summary>The tokens that may begin the output.</summary>
    /// <exception cref="ConstraintException">They cost too much to find.</exception>
    public TokenSet First(State start)
    {
        if (ReferenceEquals(_vocabulary.FirstTrie, _vocabulary.Trie))
        {
            return Of(start);
        }

        TokenSet text = _cache.GetOrAdd(new Key(typeof(TokenSet), this), () =>
        {
            ulong[] mask = NewMask();
            State relaxed = _automaton.StateOf(start.Leaves.Select(Relax).ToList());
            bool hasText = _walk.Run(_vocabulary.FirstTrie, relaxed, -1, mask, ends: null);
            return new TokenSet(mask, hasText);
        });
        return start.IsAccepting ? TokenSet.Union(text, _end) : text;
    }

    private void Trim()
    {
        _cache.Trim();
        if (_automaton.Count > GrammarLimits.MaxTokenStates)
        {
            _automaton.Forget();
            _cache.Clear();
        }
    }

    private TokenSet Find(State state)
    {
        TokenSet? all = state.IsAccepting ? _end : null;
        List<Continuation> others = [];
        foreach (IGrouping<Continuation, Continuation> leaves in state.Leaves.GroupBy(leaf => leaf.Border))
        {
            if (InLoop(leaves.Key, leaves) is { } part)
            {
                all = Union(all, part);
            }
            else
            {
                others.AddRange(leaves);
            }
        }

        foreach (IGrouping<Continuation, Continuation> leaves in others.GroupBy(leaf => leaf.Frame))
        {
            all = Union(all, InFrame(leaves.Key, leaves));
        }

        return all ?? throw new InvalidOperationException("A state without a way on or an end has no tokens.");
    }

    private TokenSet Union(TokenSet? one, TokenSet other) =>
        one is null ? other : _cache.GetOrAdd(new Key(typeof(TokenSet), one, other), () => TokenSet.Union(one, other));

    /// <summary>The tokens of leaves inside of a counted repetition, as far as the counts decide.</summary>
    /// <returns><see langword="null"/> where counts do not say it all.</returns>
    private TokenSet? InLoop(Continuation border, IEnumerable<Continuation> leaves)
    {
        if (border.Head is not { IsCounted: true } repeat)
        {
            return null;
        }

        Continuation loop = _automaton.Push(CountedLoop.Of(repeat, _automaton.Repeats), _automaton.Hole);
        State inside = _automaton.StateOf(leaves.Select(leaf => Replace(leaf, border, loop, Own)).ToList());
        State behind = _automaton.Close(Relax(border.Tail!));
        LoopEntry entry = _cache.GetOrAdd(new Key(typeof(LoopEntry), inside, behind), () => LoopOf(loop, inside, behind));
        if (entry.Within is not { } within || entry.Exits is not { } exits)
        {
            return null;
        }

        int reach = Math.Max(within.MostNeeded, exits.Most);
        (int least, int most) = (Math.Min(repeat.Least, reach + 1), Math.Min(repeat.Most, reach));
        return _cache.GetOrAdd(new Key(typeof(TokenSet), inside, behind, least, most), () =>
        {
            ulong[] mask = within.Within(most);
            exits.AddBetween(least, most, mask);
            return NewSet(mask);
        });
    }

    private LoopEntry LoopOf(Continuation loop, State inside, State behind)
    {
        if (_automaton.Overlap(_automaton.Close(loop), behind))
        {
            return new LoopEntry(null, null);
        }

        LoopTokens within = _cache.GetOrAdd(new Key(typeof(LoopTokens), inside), () => _walk.Count(_vocabulary.Trie, inside, _vocabulary.EndMask.Length));
        return within.IsAmbiguous ? new LoopEntry(null, null) : new LoopEntry(within, _exits.Find(inside, behind));
    }

    /// <summary>The tokens of leaves inside of a rule, and of those who called it.</summary>
    private TokenSet InFrame(Continuation frame, IEnumerable<Continuation> leaves)
    {
        State inside = _automaton.StateOf(leaves.Select(leaf => Replace(leaf, frame, _automaton.Hole, Capped)).ToList());
        State? behind = frame.Head is null ? null : _automaton.Close(Relax(frame.Tail!));
        return _cache.GetOrAdd(new Key(typeof(TokenSet), inside, behind), () =>
        {
            if (behind is null)
            {
                return NewSet(InnerOf(inside).Mask);
            }

            InnerTokens tokens = _cache.GetOrAdd(new Key(typeof(InnerTokens), inside), () => InnerOf(inside));
            ulong[] mask = [.. tokens.Mask];
            tokens.Ends.ForEach(node => _walk.Run(_vocabulary.Trie, behind, node, mask, ends: null));
            return NewSet(mask);
        });
    }

    private InnerTokens InnerOf(State inside)
    {
        ulong[] mask = NewMask();
        List<int> ends = [];
        _walk.Run(_vocabulary.Trie, inside, -1, mask, ends);
        return new InnerTokens(mask, ends);
    }

    /// <summary>A continuation up to a border, with something else from there on.</summary>
    private Continuation Replace(Continuation leaf, Continuation border, Continuation rest, Func<Expression, Expression> translate)
    {
        _stack.Clear();
        for (Continuation at = leaf; at != border; at = at.Tail!)
        {
            _stack.Add(at);
        }

        for (int i = _stack.Count - 1; i >= 0; i--)
        {
            rest = _automaton.Push(translate(_stack[i].Head!), rest);
        }

        return rest;
    }

    /// <summary>A continuation with counts that no token reaches taken together, so that others with other counts share it.</summary>
    private Continuation Relax(Continuation continuation)
    {
        _stack.Clear();
        Continuation at = continuation;
        for (; at.Relaxed is null && at.Tail is not null; at = at.Tail)
        {
            _stack.Add(at);
        }

        Continuation relaxed = at.Relaxed ?? _automaton.End;
        for (int i = _stack.Count - 1; i >= 0; i--)
        {
            _stack[i].Relaxed = relaxed = _automaton.Push(Capped(_stack[i].Head!), relaxed);
        }

        return relaxed;
    }

    private Expression Own(Expression expression) =>
        expression.Kind is ExpressionKind.Repeat ? _automaton.Repeats.Of(expression, expression.Least, expression.Most) : expression;

    private Expression Capped(Expression expression)
    {
        if (!expression.IsCounted)
        {
            return Own(expression);
        }

        int reach = _reach.Of(expression);
        int least = expression.Least > reach ? Expression.Unbounded : expression.Least; // no token is enough
        return _automaton.Repeats.Of(expression, least, expression.Most > reach ? Expression.Unbounded : expression.Most);
    }

    private ulong[] NewMask() => new ulong[_vocabulary.EndMask.Length];

    private static TokenSet NewSet(ulong[] mask) => new(mask, hasText: mask.AsSpan().ContainsAnyExcept(0UL));
}
