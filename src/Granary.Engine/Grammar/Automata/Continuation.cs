using Granary.Engine.Grammar.Expressions;

namespace Granary.Engine.Grammar.Automata;

/// <summary>What is still to be matched: an expression, then another continuation. The stack of the pushdown automaton; frames end at <see cref="ExpressionKind.Return"/>.</summary>
internal sealed class Continuation
{
    /// <summary>An end: nothing is left.</summary>
    public Continuation(long id)
    {
        Id = id;
        Frame = Border = this;
    }

    public Continuation(long id, Expression head, Continuation tail)
    {
        (Id, Head, Tail) = (id, head, tail);
        Frame = head.Kind is ExpressionKind.Return ? this : tail.Frame;
        Border = head.Kind is ExpressionKind.Return || head.IsCounted ? this : tail.Border;
        Spent = CountedLoop.SpentOf(head) ?? tail.Spent;
    }

    public long Id { get; }

    /// <summary>Matched first; <see langword="null"/> at an end.</summary>
    public Expression? Head { get; }

    public Continuation? Tail { get; }

    /// <summary>Where the innermost rule returns to its caller, or the end.</summary>
    public Continuation Frame { get; }

    /// <summary>The first counted repetition in the frame, or the frame itself.</summary>
    public Continuation Border { get; }

    /// <summary>Repetitions begun of the loop whose tokens are counted (<see cref="CountedLoop"/>); <see langword="null"/> outside of one.</summary>
    public int? Spent { get; }

    /// <summary>The same among those that tokens are matched against, with counts that no token reaches taken together. Belongs to <see cref="TokenSets"/>.</summary>
    public Continuation? Relaxed { get; set; }
}
