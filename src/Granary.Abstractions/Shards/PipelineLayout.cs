using Granary.Models;

namespace Granary.Shards;

/// <summary>
/// How a replica is cut into stages: what all of them must agree on. Stage 0 is the head: it has the embedding, the first layers, the final norm and the logits. Hidden states go from it
/// through the others, in order, and back to it.
/// </summary>
[GenerateSerializer, Immutable, Alias("granary.pipeline")]
public sealed record PipelineLayout
{
    /// <summary>Layers of each stage, all layers in order; at least one each.</summary>
    [Id(0)] public required LayerRange[] Stages { get; init; }

    /// <summary>Batches that are under way at the same time, each with slots of its own. As many as there are stages keep them all busy.</summary>
    [Id(1)] public required int Lanes { get; init; }

    /// <summary>The slots of each lane, shortest first; numbered in this order.</summary>
    [Id(2)] public required LaneSlots[] Slots { get; init; }

    /// <summary>Most tokens of one step of one sequence's prompt.</summary>
    [Id(3)] public required int MaxChunkTokens { get; init; }

    /// <summary>How hidden states travel.</summary>
    [Id(4)] public HiddenFormat Format { get; init; }
}
