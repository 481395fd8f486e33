using Granary.Cluster;

namespace Granary.Clustering;

/// <summary>Reads what the cluster is and holds, as the gateway exposes and the command line prints it.</summary>
public interface IClusterStatusReader
{
    /// <summary>The cluster now.</summary>
    /// <exception cref="Errors.GranaryException">Membership could not be read.</exception>
    Task<ClusterStatus> ReadAsync(CancellationToken cancellationToken = default);
}
