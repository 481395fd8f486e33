namespace Granary.Deployments;

/// <summary>A replica of a deployment: where its stages are.</summary>
[GenerateSerializer, Immutable, Alias("granary.deployment.replica")]
public sealed record PlannedReplica
{
    /// <summary>Which replica, from 0.</summary>
    [Id(0)] public required int Number { get; init; }

    /// <summary>Raised whenever one of its stages moves: messages of an older one are refused.</summary>
    [Id(1)] public int Epoch { get; init; }

    /// <summary>Its stages in the order of their layers.</summary>
    [Id(2)] public required PlannedStage[] Stages { get; init; }

    /// <summary>What all its stages agree on; <see langword="null"/> of one stage, which is its silo's own affair.</summary>
    [Id(3)] public ReplicaLimits? Limits { get; init; }
}
