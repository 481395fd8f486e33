using Granary.Engine.Grammar.Expressions;

namespace Granary.Engine.Grammar.Automata;

/// <summary>What is still to be matched: an expression, then another continuation. The stack of the pushdown automaton; frames end at <see cref="ExpressionKind.Return"/>.</summary>
internal sealed class Continuation
{
    /// <summary>An end: nothing is left.</summary>
    public Continuation(int id)
    {
        Id = id;
        Frame = this;
    }

    public Continuation(int id, Expression head, Continuation tail)
    {
        (Id, Head, Tail) = (id, head, tail);
        Frame = head.Kind is ExpressionKind.Return ? this : tail.Frame;
    }

    public int Id { get; }

    /// <summary>Matched first; <see langword="null"/> at an end.</summary>
    public Expression? Head { get; }

    public Continuation? Tail { get; }

    /// <summary>Where the innermost rule returns to its caller, or the end.</summary>
    public Continuation Frame { get; }
}
