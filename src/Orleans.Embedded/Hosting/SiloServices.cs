using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Placement;
using Orleans.Runtime.Membership;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement.Filtering;

namespace Orleans.Hosting;

/// <summary>The services that every silo has.</summary>
internal static class SiloServices
{
    /// <summary>Adds them; once.</summary>
    public static void AddSilo(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(SiloRuntime)))
        {
            return;
        }

        services.AddOptions();
        services.AddLogging();
        services.AddSingleton<SiloRuntime>();
        services.AddSingleton<IHostedService, SiloHostedService>();
        services.TryAddSingleton<IMembershipTable, MemoryMembershipTable>();
        services.AddSingleton<IGrainFactory>(static provider => provider.GetRequiredService<SiloRuntime>().GrainFactory);
        services.AddSingleton<IClusterClient>(static provider => provider.GetRequiredService<SiloRuntime>().GrainFactory);
        services.AddSingleton<ILocalSiloDetails>(static provider => provider.GetRequiredService<SiloRuntime>());
        services.AddSingleton<ISiloStatusOracle, SiloStatusOracle>();
        services.AddSingleton<ISiloMetadataCache, SiloMetadataCache>();
        services.AddPlacementDirector<RandomPlacement, RandomPlacementDirector>();
        services.AddPlacementDirector<PreferLocalPlacement, PreferLocalPlacementDirector>();
        services.AddPlacementDirector<HashBasedPlacement, HashBasedPlacementDirector>();
        services.AddPlacementDirector<ActivationCountBasedPlacement, ActivationCountPlacementDirector>();
        services.AddPlacementDirector<ResourceOptimizedPlacement, ResourceOptimizedPlacementDirector>();
        services.AddPlacementFilter<RequiredMatchSiloMetadataPlacementFilterStrategy, RequiredMatchSiloMetadataPlacementFilterDirector>(ServiceLifetime.Transient);
        services.AddPlacementFilter<PreferredMatchSiloMetadataPlacementFilterStrategy, PreferredMatchSiloMetadataPlacementFilterDirector>(ServiceLifetime.Transient);
    }
}
