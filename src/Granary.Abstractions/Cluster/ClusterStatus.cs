namespace Granary.Cluster;

/// <summary>The cluster as one silo sees it.</summary>
public sealed record ClusterStatus
{
    /// <summary>Name of the cluster.</summary>
    public required string ClusterId { get; init; }

    /// <summary>When this was read.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Silos, live ones first, then by name.</summary>
    public required IReadOnlyList<SiloInfo> Silos { get; init; }

    /// <summary>Zones that take no work.</summary>
    public IReadOnlyList<string> EvacuatedZones { get; init; } = [];

    /// <summary>Name of the policy by which requests find a replica.</summary>
    public string RoutingPolicy { get; init; } = "";

    /// <summary>Names of the policies that there are.</summary>
    public IReadOnlyList<string> RoutingPolicies { get; init; } = [];

    /// <summary>Activations by grain type, most first; the runtime's own grains are left out.</summary>
    public required IReadOnlyList<GrainCount> Grains { get; init; }

    /// <summary>Served models with their replicas, by name.</summary>
    public required IReadOnlyList<ModelStatus> Models { get; init; }
}
