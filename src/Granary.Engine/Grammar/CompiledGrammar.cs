using Granary.Engine.Grammar.Automata;
using Granary.Engine.Grammar.Expressions;
using Granary.Engine.Grammar.Vocabulary;

namespace Granary.Engine.Grammar;

/// <summary>One grammar over one model's tokens, shared by all sequences that it constrains. Thread-safe.</summary>
internal sealed class CompiledGrammar
{
    private readonly Lock _lock = new();
    private readonly Automaton _automaton;
    private readonly TokenSets _sets;
    private readonly TokenVocabulary _vocabulary;

    /// <param name="builder">Made the expression; belongs to the grammar from here on.</param>
    /// <param name="root">What the output must match.</param>
    /// <param name="vocabulary">The model's tokens.</param>
    /// <exception cref="ConstraintException">No text matches, no token may begin one, or the grammar costs too much.</exception>
    public CompiledGrammar(ExpressionBuilder builder, Expression root, TokenVocabulary vocabulary)
    {
        root = RuleResolver.Resolve(builder, root);
        if (root.IsNothing)
        {
            throw new ConstraintException("no output can meet it");
        }

        _vocabulary = vocabulary;
        _automaton = new Automaton(builder, root);
        _sets = new TokenSets(_automaton, builder, vocabulary);
        Check(_automaton.Start, _sets.First());
    }

    /// <summary>Where every output begins.</summary>
    /// <param name="tokens">What may come there.</param>
    public State Begin(out TokenSet tokens)
    {
        lock (_lock)
        {
            tokens = _sets.First();
            return _automaton.Start;
        }
    }

    /// <summary>Where an output is after one more token of text.</summary>
    /// <param name="state">Where it was.</param>
    /// <param name="token">The token.</param>
    /// <param name="isFirst">Whether the token begins the output.</param>
    /// <param name="tokens">What may come next.</param>
    /// <exception cref="InvalidOperationException">The token was not allowed.</exception>
    /// <exception cref="ConstraintException">The model has no token to go on with, or going on costs too much.</exception>
    public State Advance(State state, int token, bool isFirst, out TokenSet tokens)
    {
        byte[] bytes = _vocabulary.BytesOf(token, isFirst);
        lock (_lock)
        {
            State next = bytes.Length == 0 ? State.Dead : state;
            foreach (byte value in bytes)
            {
                next = _automaton.Step(next, value);
            }

            if (ReferenceEquals(next, State.Dead))
            {
                throw new InvalidOperationException($"Token {token} is not allowed here.");
            }

            if (next.Tokens is null)
            {
                _sets.Trim();
            }

            tokens = _sets.Of(next);
            Check(next, tokens);
            return next;
        }
    }

    /// <summary>Whether a token ends the output.</summary>
    public bool IsEnd(int token) => _vocabulary.IsEnd(token);

    private static void Check(State state, TokenSet tokens)
    {
        if (!tokens.HasText && !state.IsAccepting)
        {
            throw new ConstraintException("the model has no token to go on with");
        }
    }
}
