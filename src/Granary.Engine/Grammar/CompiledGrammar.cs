using Granary.Engine.Grammar.Automata;
using Granary.Engine.Grammar.Expressions;
using Granary.Engine.Grammar.Vocabulary;

namespace Granary.Engine.Grammar;

/// <summary>One grammar over one model's tokens, shared by all sequences that it constrains. Thread-safe.</summary>
/// <remarks>Following a text and finding what may come next are apart, each with an automaton and a lock: who moves on never waits for somebody's walk over the vocabulary.</remarks>
internal sealed class CompiledGrammar
{
    private readonly Lock _textLock = new();
    private readonly Lock _tokensLock = new();
    private readonly Automaton _text;
    private readonly TokenSets _sets;
    private readonly TokenVocabulary _vocabulary;
    private readonly Expression _root;
    private readonly ReadOnlyMemory<ulong> _firstTokens;
    private State _start;

    /// <param name="builder">Made the expression; belongs to the grammar from here on.</param>
    /// <param name="root">What the output must match.</param>
    /// <param name="vocabulary">The model's tokens.</param>
    /// <exception cref="ConstraintException">No text matches, no token may begin one, or the grammar costs too much.</exception>
    public CompiledGrammar(ExpressionBuilder builder, Expression root, TokenVocabulary vocabulary)
    {
        _root = RuleResolver.Resolve(builder, root);
        if (_root.IsNothing)
        {
            throw new ConstraintException("no output can meet it");
        }

        _vocabulary = vocabulary;
        var classes = new ByteClasses(_root);
        _text = new Automaton(builder, classes);
        _sets = new TokenSets(new Automaton(builder, classes), vocabulary);
        _start = _text.Close(_text.Push(_root, _text.End));
        TokenSet first = _sets.First(_start);
        if (!_start.IsAccepting && !first.HasText)
        {
            throw NoToken();
        }

        _firstTokens = first.Mask;
    }

    /// <summary>Where every output begins.</summary>
    /// <param name="tokens">What may come there.</param>
    public State Begin(out ReadOnlyMemory<ulong> tokens)
    {
        tokens = _firstTokens;
        lock (_textLock)
        {
            return _start;
        }
    }

    /// <summary>Where an output is after one more token of text.</summary>
    /// <param name="state">Where it was.</param>
    /// <param name="token">The token.</param>
    /// <param name="isFirst">Whether the token begins the output.</param>
    /// <exception cref="InvalidOperationException">The token was not allowed.</exception>
    /// <exception cref="ConstraintException">The model has no token to go on with, or going on costs too much.</exception>
    public State Advance(State state, int token, bool isFirst)
    {
        byte[] bytes = _vocabulary.BytesOf(token, isFirst);
        State next = bytes.Length == 0 ? State.Dead : state;
        lock (_textLock)
        {
            foreach (byte value in bytes)
            {
                next = _text.Step(next, value);
            }

            if (_text.Count > GrammarLimits.MaxStates)
            {
                _text.Forget();
                _start = _text.Close(_text.Push(_root, _text.End));
            }
        }

        if (ReferenceEquals(next, State.Dead))
        {
            throw new InvalidOperationException($"Token {token} is not allowed here.");
        }

        return next.IsAccepting || CanGoOn(next) ? next : throw NoToken();
    }

    /// <summary>Whether a token of text may follow.</summary>
    /// <exception cref="ConstraintException">That costs too much to find.</exception>
    public bool CanGoOn(State state)
    {
        if (!state.CanGoOn || _vocabulary.HasEveryByte)
        {
            return state.CanGoOn;
        }

        lock (_tokensLock)
        {
            return _sets.Of(state).HasText;
        }
    }

    /// <summary>Whether it is known which tokens may follow.</summary>
    public static bool Knows(State state) => state.Tokens is { Mask: not null };

    /// <summary>The tokens that may follow; finds them if nobody has.</summary>
    /// <exception cref="ConstraintException">They cost too much to find.</exception>
    public ReadOnlyMemory<ulong> TokensOf(State state)
    {
        if (state.Tokens is { Mask: { } mask } known)
        {
            _sets.Touch(known);
            return mask;
        }

        lock (_tokensLock)
        {
            return _sets.Of(state).Mask;
        }
    }

    /// <summary>Finds what may come in the states that texts come through first, so that it is known by the time the first prompt is computed. For a thread that has time.</summary>
    public void Explore()
    {
        State start;
        lock (_textLock)
        {
            start = _start;
        }

        HashSet<State> met = [start];
        HashSet<TokenSet> known = [];
        var open = new Queue<State>(met);
        for (int left = GrammarLimits.MaxExploredStates; left > 0 && open.TryDequeue(out State? state); left--)
        {
            TokensOf(state);
            if (state.Tokens is not { } tokens || known.Add(tokens)) // equal tokens are equal continuations, but for counts
            {
                Following(state).Where(met.Add).ToList().ForEach(open.Enqueue);
            }
        }
    }

    private List<State> Following(State state)
    {
        lock (_textLock)
        {
            return _text.Following(state);
        }
    }

    /// <summary>Whether a token ends the output.</summary>
    public bool IsEnd(int token) => _vocabulary.IsEnd(token);

    private static ConstraintException NoToken() => new("the model has no token to go on with");
}
