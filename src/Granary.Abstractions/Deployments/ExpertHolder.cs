namespace Granary.Deployments;

/// <summary>A silo and the experts of a model that it holds.</summary>
[GenerateSerializer, Immutable, Alias("granary.deployment.expert-holder")]
public sealed record ExpertHolder
{
    /// <summary>Name of the silo.</summary>
    [Id(0)] public required string Silo { get; init; }

    /// <summary>The silo's address and generation.</summary>
    [Id(1)] public required string Address { get; init; }

    /// <summary>The silo's zone.</summary>
    [Id(2)] public required string Zone { get; init; }

    /// <summary>Numbers of the experts by layer, rising; empty for a layer without.</summary>
    [Id(3)] public required int[][] Layers { get; init; }

    /// <summary>Bytes that they take there.</summary>
    [Id(4)] public required long Bytes { get; init; }

    /// <summary>Why they are there.</summary>
    [Id(5)] public required string Reason { get; init; }

    /// <summary>How many experts, of all layers.</summary>
    public int Count => Layers.Sum(layer => layer.Length);
}
