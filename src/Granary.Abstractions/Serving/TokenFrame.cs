using Granary.Models;

namespace Granary.Serving;

/// <summary>Consecutive tokens of one turn, as they travel from a shard to a session, a gateway and a client.</summary>
[GenerateSerializer, Immutable, Alias("granary.frame")]
public sealed record TokenFrame
{
    /// <summary>Index within the turn's output of the first token here; frames of a turn have no hole and no overlap.</summary>
    [Id(0)] public required int FirstIndex { get; init; }

    /// <summary>The token ids.</summary>
    [Id(1)] public required int[] Tokens { get; init; }

    /// <summary>The text that became certain with these tokens; may be empty while a character or a stop string is unfinished.</summary>
    [Id(2)] public required string Text { get; init; }

    /// <summary>Set on the last frame alone.</summary>
    [Id(3)] public FinishReason? FinishReason { get; init; }

    /// <summary>Set on the last frame alone.</summary>
    [Id(4)] public TokenUsage? Usage { get; init; }
}
