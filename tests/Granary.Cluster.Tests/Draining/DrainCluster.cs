using Granary.Chaos.Silos;
using Granary.Cluster.Tests.Survival;

namespace Granary.Cluster.Tests.Draining;

/// <summary>Three silos in three zones; the supervisor starts again what has ended, as a kubelet would.</summary>
public sealed class DrainCluster : SurvivalCluster
{
    internal override ClusterSetup Setup => new()
    {
        Silos = SiloSpec.ThreeZones,
        Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Granary__Silo__DrainTimeout"] = "00:00:40" },
    };
}
