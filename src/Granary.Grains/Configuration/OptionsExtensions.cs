using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Configuration;

/// <summary>Binding of options.</summary>
public static class OptionsExtensions
{
    /// <summary>Binds <typeparamref name="TOptions"/> to a section and validates its annotations on start.</summary>
    public static IServiceCollection AddGranaryOptions<TOptions>(this IServiceCollection services, IConfiguration configuration, string section)
        where TOptions : class
    {
        services.AddOptions<TOptions>().Bind(configuration.GetSection(section)).ValidateDataAnnotations().ValidateOnStart();
        return services;
    }
}
