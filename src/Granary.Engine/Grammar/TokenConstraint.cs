using Granary.Engine.Grammar.Automata;

namespace Granary.Engine.Grammar;

/// <summary>One sequence's way through a compiled grammar. Not thread-safe; allocates nothing where its grammar has been before.</summary>
internal sealed class TokenConstraint : ITokenConstraint
{
    private readonly CompiledGrammar _grammar;
    private readonly string _parameter;
    private State _state;
    private TokenSet _tokens;
    private bool _isFirst = true;
    private bool _hasEnded;

    /// <param name="grammar">What the output must match.</param>
    /// <param name="parameter">The request's field that asked for it, for errors.</param>
    public TokenConstraint(CompiledGrammar grammar, string parameter)
    {
        (_grammar, _parameter) = (grammar, parameter);
        _state = grammar.Begin(out _tokens);
    }

    public ReadOnlySpan<ulong> AllowedTokens => _tokens.Mask;

    public bool IsFinished => _hasEnded || (_state.IsAccepting && !_tokens.HasText);

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
            _state = _grammar.Advance(_state, token, _isFirst, out _tokens);
            _isFirst = false;
        }
        catch (ConstraintException e)
        {
            throw GrammarCompiler.Refusal(_parameter, e);
        }
    }
}
