namespace Granary.Cluster;

/// <summary>What operators have decided about silos, zones and routing.</summary>
[GenerateSerializer, Immutable, Alias("granary.cluster.decisions")]
public sealed record ClusterControl
{
    /// <summary>Raised by every change.</summary>
    [Id(0)] public int Version { get; init; }

    /// <summary>Silos that are being emptied and will end, as address and generation, for example <c>127.0.0.1:11111@123</c>.</summary>
    [Id(1)] public string[] DrainingSilos { get; init; } = [];

    /// <summary>Zones that take no work; their silos stay.</summary>
    [Id(2)] public string[] EvacuatedZones { get; init; } = [];

    /// <summary>Name of the policy by which requests find a replica; <see langword="null"/> for the one that each silo's configuration names.</summary>
    [Id(3)] public string? RoutingPolicy { get; init; }
}
