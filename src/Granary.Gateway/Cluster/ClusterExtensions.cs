using System.Text.Json;
using Granary.Clustering;

namespace Granary.Gateway.Cluster;

/// <summary>What the cluster looks like.</summary>
internal static class ClusterExtensions
{
    public static void MapCluster(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/api/cluster", async (IClusterStatusReader cluster, CancellationToken cancellationToken) =>
            Results.Json(await cluster.ReadAsync(cancellationToken), JsonSerializerOptions.Web));
}
