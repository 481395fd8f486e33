using Granary.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Granary.Health;

/// <summary>What watches that this silo makes progress.</summary>
internal static class HealthExtensions
{
    public static IServiceCollection AddHealth(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddGranaryOptions<HealthOptions>(configuration, HealthOptions.SectionName);
        services.AddSingleton<LocalProgress>();
        services.AddSingleton<ILocalProgress>(provider => provider.GetRequiredService<LocalProgress>());
        services.TryAddSingleton<IProcessEnd, ProcessEnd>();
        services.AddHostedService<StuckEngineWatch>();
        services.AddHostedService<ProgressProbe>();
        return services;
    }
}
