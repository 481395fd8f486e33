using Granary.Clustering;
using Granary.Configuration;
using Granary.Shards;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Deployments;

/// <summary>Models that are served where a plan puts them.</summary>
internal static class DeploymentsExtensions
{
    public static IServiceCollection AddDeployments(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddGranaryOptions<DeploymentsOptions>(configuration, DeploymentsOptions.SectionName);
        services.AddGranaryOptions<ExpertsOptions>(configuration, ExpertsOptions.SectionName);
        services.TryAddSingleton<IModelHoldings, CatalogHoldings>();
        services.TryAddSingleton<IStagedModelLoader, CatalogModelLoader>();
        services.TryAddSingleton<IExpertLoader, CatalogModelLoader>();
        services.AddSingleton<StageMetrics>();
        services.AddSingleton<ExpertMetrics>();
        services.AddSingleton<LocalExperts>();
        services.AddSingleton<IRunningWork>(provider => provider.GetRequiredService<LocalExperts>());
        services.AddSingleton<PartLoader>();
        services.AddSingleton<LocalParts>();
        services.AddHostedService<DeploymentService>();
        return services;
    }
}
