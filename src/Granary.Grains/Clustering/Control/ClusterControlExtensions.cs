using Granary.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Placement;

namespace Granary.Clustering;

/// <summary>Draining of silos, evacuation of zones, and what a silo that joins takes over.</summary>
internal static class ClusterControlExtensions
{
    public static IServiceCollection AddClusterControl(this IServiceCollection services)
    {
        services.TryAddSingleton<LocalDrain>();
        services.AddSingleton<LocalTurns>();
        services.AddSingleton<LocalActivations>();
        services.AddSingleton<ISiloMembers, SiloMembers>();
        services.AddSingleton<ServingSilos>();
        services.AddSingleton<ControlClient>();
        services.AddPlacementFilter<ServingSilosPlacementFilter, ServingSilosPlacementFilterDirector>(ServiceLifetime.Transient);
        services.AddPlacementFilter<NamedSiloPlacementFilter, NamedSiloPlacementFilterDirector>(ServiceLifetime.Transient);
        services.AddPlacementFilter<OwnZonePlacementFilter, OwnZonePlacementFilterDirector>(ServiceLifetime.Transient);
        services.AddSingleton<SiloEmptying>();
        services.AddSingleton<SiloDrain>();
        services.AddSingleton<ISiloDrain>(provider => provider.GetRequiredService<SiloDrain>());
        services.AddSingleton<ZoneEvacuation>();
        services.AddHostedService<ClusterControlService>();
        services.AddHostedService<SessionRebalancer>();
        services.AddHostedService<SiloMetrics>();
        return services;
    }
}
