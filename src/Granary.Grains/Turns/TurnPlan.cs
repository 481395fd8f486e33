using Granary.Serving;
using Granary.TokenLog;

namespace Granary.Turns;

/// <summary>A turn to run.</summary>
internal sealed record TurnPlan
{
    /// <summary>The grain that owns it.</summary>
    public required GrainId Owner { get; init; }

    /// <summary>Its place in the log.</summary>
    public required TurnKey Key { get; init; }

    /// <summary>What events name: the conversation, or the completion.</summary>
    public required string SessionId { get; init; }

    /// <summary>Who is to answer.</summary>
    public required string Model { get; init; }

    /// <summary>What is to be generated; the same, seed and all, whenever the turn goes on.</summary>
    public required GenerateRequest Request { get; init; }

    /// <summary>Kept in the log for an owner that has no store of its own.</summary>
    public byte[]? Header { get; init; }

    /// <summary>What a <see cref="Header"/> asks for, where somebody else may open the log first with one of his own; <see langword="null"/> where nobody can.</summary>
    public Func<byte[], GenerateRequest>? Read { get; init; }

    /// <summary>How long the log keeps the turn after its end; <see langword="null"/>: as long as its owner.</summary>
    public TimeSpan? Keep { get; init; }

    /// <summary>Stores the outcome; its failure is the store's, and it is called again until it succeeds.</summary>
    public required Func<TurnOutcome, Task> Complete { get; init; }

    /// <summary>Called when the turn leaves without having ended, before its readers hear of it: somebody else has it, or will have it.</summary>
    public required Action Left { get; init; }
}
