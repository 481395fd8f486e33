using Granary.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Completions;

/// <summary>Generations without conversations.</summary>
internal static class CompletionsExtensions
{
    public static IServiceCollection AddCompletions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddGranaryOptions<CompletionsOptions>(configuration, CompletionsOptions.SectionName);
        services.AddSingleton<CompletionRuns>();
        services.AddSingleton<ILocalCompletions>(provider => provider.GetRequiredService<CompletionRuns>());
        services.AddHostedService(provider => provider.GetRequiredService<CompletionRuns>());
        return services;
    }
}
