namespace Granary.Engine.Grammar.Expressions;

/// <summary>A set of byte strings. Made by <see cref="ExpressionBuilder"/> alone, which makes each one once: equal means identical.</summary>
internal sealed class Expression
{
    /// <summary>As <see cref="Most"/>: without bound.</summary>
    public const int Unbounded = int.MaxValue;

    // Below it, what is left of a repetition is no more than a few states.
    private const int LeastCounted = 16;

    public required long Id { get; init; }

    public required ExpressionKind Kind { get; init; }

    /// <summary>Of <see cref="ExpressionKind.Bytes"/>.</summary>
    public ByteSet Set { get; init; }

    /// <summary>Of <see cref="ExpressionKind.Sequence"/>: both parts; of <see cref="ExpressionKind.Choice"/>: the branches; of <see cref="ExpressionKind.Repeat"/>: what is repeated.</summary>
    public Expression[] Parts { get; init; } = [];

    /// <summary>Fewest repetitions.</summary>
    public int Least { get; init; }

    /// <summary>Most repetitions.</summary>
    public int Most { get; init; }

    /// <summary>Whether it repeats so often, or did at its beginning, that its counts are kept out of what is remembered of it.</summary>
    public bool IsCounted { get; init; }

    /// <summary>Of <see cref="ExpressionKind.Call"/>.</summary>
    public Rule? Rule { get; init; }

    /// <summary>Whether the empty text matches. Rules never match it.</summary>
    public bool IsNullable { get; init; }

    /// <summary>Whether a rule is called anywhere inside.</summary>
    public bool HasCalls { get; init; }

    /// <summary>Whether counting so far is worth <see cref="IsCounted"/>.</summary>
    public static bool IsLong(int least, int most) => (most == Unbounded ? least : most) > LeastCounted;

    public bool IsNothing => Kind is ExpressionKind.Choice && Parts.Length == 0;
}
