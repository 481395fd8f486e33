using Granary.Clustering;
using Microsoft.AspNetCore.SignalR;

namespace Granary.Gateway.Draining;

/// <summary>How a gateway ends without a failed request.</summary>
internal static class DrainingExtensions
{
    public static IServiceCollection AddDraining(this IServiceCollection services)
    {
        services.AddSingleton<RunningRequests>();
        services.AddSingleton<IRunningWork>(provider => provider.GetRequiredService<RunningRequests>());
        services.AddSingleton<OpenConnections>();
        services.AddSingleton<IRunningWork>(provider => provider.GetRequiredService<OpenConnections>());
        services.AddHostedService(provider => provider.GetRequiredService<OpenConnections>());
        services.AddSingleton<HubConnections>();
        services.Configure<HubOptions>(hub => hub.AddFilter<HubConnections>());
        return services;
    }
}
