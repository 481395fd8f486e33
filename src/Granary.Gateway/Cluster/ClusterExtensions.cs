namespace Granary.Gateway.Cluster;

/// <summary>What the cluster looks like.</summary>
internal static class ClusterExtensions
{
    public static void MapCluster(this IEndpointRouteBuilder endpoints)
    {
        _ = endpoints;
    }
}
