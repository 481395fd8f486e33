using Granary.Clustering;
using Granary.Configuration;
using Granary.Engine;
using Granary.Serving;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Shards;

/// <summary>Engines of this silo and the shards in front of them.</summary>
internal static class ShardExtensions
{
    public static IServiceCollection AddShards(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddGranaryOptions<ModelsOptions>(configuration, ModelsOptions.SectionName);
        services.AddGranaryOptions<EngineOptions>(configuration, EngineOptions.SectionName);
        services.AddSingleton<LocalModels>();
        services.AddSingleton<LocalEngines>();
        services.AddSingleton<LocalGenerations>();
        services.AddSingleton<ILocalReplicas>(provider => provider.GetRequiredService<LocalModels>());
        services.AddSingleton<IRunningWork>(provider => provider.GetRequiredService<LocalModels>());
        services.TryAddSingleton<ILocalModelLoader, CatalogModelLoader>();
        services.AddSingleton<ReplicaReporter>();
        services.AddSingleton<ModelServingService>();
        services.AddSingleton<IModelServing>(provider => provider.GetRequiredService<ModelServingService>());
        services.AddHostedService(provider => provider.GetRequiredService<ModelServingService>());
        services.AddPlacementDirector<PinnedPlacement, PinnedPlacementDirector>();
        return services;
    }
}
