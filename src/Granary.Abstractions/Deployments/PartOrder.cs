using Granary.Shards;

namespace Granary.Deployments;

/// <summary>A part that a silo is to hold.</summary>
[GenerateSerializer, Immutable, Alias("granary.part.order")]
public sealed record PartOrder
{
    /// <summary>Which part.</summary>
    [Id(0)] public required PartKey Part { get; init; }

    /// <summary>The stages of its replica, all of them, in the order of their layers.</summary>
    [Id(1)] public required PlannedStage[] Stages { get; init; }

    /// <summary>Whether all other stages of its replica are ready and spread experts are there, so that the first one can take requests.</summary>
    [Id(2)] public bool OthersReady { get; init; }

    /// <summary>What all stages agree on; <see langword="null"/> of one stage.</summary>
    [Id(3)] public ReplicaLimits? Limits { get; init; }

    /// <summary>How hidden states travel between stages.</summary>
    [Id(4)] public HiddenFormat Wire { get; init; }

    /// <summary>Whether the experts of its layers are elsewhere, as <see cref="ExpertOrder"/> says.</summary>
    [Id(5)] public bool SpreadExperts { get; init; }
}
