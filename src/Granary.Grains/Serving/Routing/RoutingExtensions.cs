using Microsoft.Extensions.DependencyInjection;

namespace Granary.Serving;

/// <summary>How requests find a replica.</summary>
internal static class RoutingExtensions
{
    public static IServiceCollection AddRouting(this IServiceCollection services)
    {
        services.AddSingleton<RoutingPolicies>();
        services.AddSingleton<ReplicaLoads>();
        services.AddSingleton<RoutingMetrics>();
        services.AddSingleton<IRoutingPolicy, KvAffinityPolicy>();
        services.AddSingleton<IRoutingPolicy, LeastLoadedPolicy>();
        services.AddSingleton<IRoutingPolicy, WeightedRoundRobinPolicy>();
        services.AddSingleton<IRoutingPolicy, ResponseTimePolicy>();
        services.AddSingleton<IRoutingPolicy, ConsistentHashPolicy>();
        services.AddSingleton<IRoutingPolicy, DynamicScorePolicy>();
        services.AddSingleton<IReplicaRouter, ReplicaRouter>();
        return services;
    }
}
