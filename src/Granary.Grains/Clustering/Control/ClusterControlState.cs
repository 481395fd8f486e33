using Granary.Cluster;

namespace Granary.Clustering;

/// <summary>What the control grain stores.</summary>
[GenerateSerializer, Alias("granary.cluster.control.state")]
public sealed class ClusterControlState
{
    /// <summary>What holds.</summary>
    [Id(0)] public ClusterControl Control { get; set; } = new();
}
