using Granary.Engine.Grammar.Automata;

namespace Granary.Engine.Grammar;

/// <summary>One sequence's way through a compiled grammar. Not thread-safe; allocates nothing where its grammar has been before.</summary>
internal sealed class TokenConstraint : ITokenConstraint, IThreadPoolWorkItem
{
    private readonly CompiledGrammar _grammar;
    private readonly string _parameter;
    private volatile State _state;
    private ReadOnlyMemory<ulong> _tokens; // empty: not asked for yet
    private bool _isFirst = true;
    private bool _hasEnded;

    /// <param name="grammar">What the output must match.</param>
    /// <param name="parameter">The request's field that asked for it, for errors.</param>
    public TokenConstraint(CompiledGrammar grammar, string parameter)
    {
        (_grammar, _parameter) = (grammar, parameter);
        _state = grammar.Begin(out _tokens);
    }

    public ReadOnlySpan<ulong> AllowedTokens
    {
        get
        {
            if (_tokens.IsEmpty)
            {
                _tokens = Checked(static (grammar, state) => grammar.TokensOf(state));
            }

            return _tokens.Span;
        }
    }

    public bool IsFinished => _hasEnded || (_state.IsAccepting && !Checked(static (grammar, state) => grammar.CanGoOn(state)));

    public void Accept(int token)
    {
        if (_hasEnded || (_grammar.IsEnd(token) && !_state.IsAccepting))
        {
            throw new InvalidOperationException($"Token {token} is not allowed here.");
        }

        if (_grammar.IsEnd(token))
        {
            _hasEnded = true;
            return;
        }

        try
        {
            _state = _grammar.Advance(_state, token, _isFirst);
        }
        catch (ConstraintException e)
        {
            throw GrammarCompiler.Refusal(_parameter, e);
        }

        _isFirst = false;
        _tokens = default;
    }

    public void Prepare()
    {
        if (_tokens.IsEmpty && !CompiledGrammar.Knows(_state))
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Finds what texts will need first, for as long as it takes.</summary>
    public void Explore()
    {
        try
        {
            _grammar.Explore();
        }
        catch (ConstraintException)
        {
            // A text that comes there is told.
        }
    }

    /// <summary>On another thread: finds the tokens for the grammar, which all its sequences ask.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            _grammar.TokensOf(_state);
        }
        catch (Exception)
        {
            // Who asks for the tokens meets it again, and says so.
        }
    }

    private T Checked<T>(Func<CompiledGrammar, State, T> ask)
    {
        try
        {
            return ask(_grammar, _state);
        }
        catch (ConstraintException e)
        {
            throw GrammarCompiler.Refusal(_parameter, e);
        }
    }
}
