using System.Text.Json;
using Granary.Clustering;
using Granary.Gateway.Identity;

namespace Granary.Gateway.Cluster;

/// <summary>What the cluster looks like.</summary>
internal static class ClusterExtensions
{
    public static IServiceCollection AddCluster(this IServiceCollection services) =>
        services.AddSingleton<ClusterGateways>().AddHostedService(provider => provider.GetRequiredService<ClusterGateways>());

    public static void MapCluster(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/api/cluster", async (IClusterStatusReader cluster, CancellationToken cancellationToken) =>
            Results.Json(await cluster.ReadAsync(cancellationToken), JsonSerializerOptions.Web)).RequireAuthorization(Policies.Metrics);
}
