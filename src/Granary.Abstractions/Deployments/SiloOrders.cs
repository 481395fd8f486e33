namespace Granary.Deployments;

/// <summary>All that a silo is to hold.</summary>
[GenerateSerializer, Immutable, Alias("granary.silo.orders")]
public sealed record SiloOrders
{
    /// <summary>Replicas and stages.</summary>
    [Id(0)] public PartOrder[] Parts { get; init; } = [];

    /// <summary>Models whose experts are spread over silos.</summary>
    [Id(1)] public ExpertOrder[] Experts { get; init; } = [];
}
