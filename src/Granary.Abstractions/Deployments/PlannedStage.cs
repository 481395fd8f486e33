namespace Granary.Deployments;

/// <summary>Consecutive layers of a replica on a silo.</summary>
[GenerateSerializer, Immutable, Alias("granary.deployment.stage")]
public sealed record PlannedStage
{
    /// <summary>Which stage of its replica, from 0; the first one is the head.</summary>
    [Id(0)] public required int Stage { get; init; }

    /// <summary>Its first layer.</summary>
    [Id(1)] public required int FirstLayer { get; init; }

    /// <summary>Its layers.</summary>
    [Id(2)] public required int Layers { get; init; }

    /// <summary>Name of the silo.</summary>
    [Id(3)] public required string Silo { get; init; }

    /// <summary>The silo's address and generation.</summary>
    [Id(4)] public required string Address { get; init; }

    /// <summary>The silo's zone.</summary>
    [Id(5)] public required string Zone { get; init; }

    /// <summary>Bytes that it takes there: weights and KV cache.</summary>
    [Id(6)] public required long Bytes { get; init; }

    /// <summary>Why it is there.</summary>
    [Id(7)] public required string Reason { get; init; }
}
