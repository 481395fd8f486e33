using Microsoft.Extensions.DependencyInjection;

namespace Granary.Serving;

/// <summary>Routing of requests to replicas.</summary>
internal static class ServingExtensions
{
    public static IServiceCollection AddServing(this IServiceCollection services)
    {
        services.AddSingleton<ReplicaDirectory>();
        services.AddSingleton<IServedModels, ServedModels>();
        services.AddSingleton<IReplicaRouter, ReplicaRouter>();
        services.AddSingleton<IRoutingPolicy, LeastLoadedPolicy>();
        return services;
    }
}
