using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Providers;
using Orleans.Storage;

namespace Orleans.Runtime.Hosting;

/// <summary>Registration of storage providers.</summary>
public static class GrainStorageServiceCollectionExtensions
{
    /// <summary>Registers a provider under its name; the one named <c>Default</c> also without a name.</summary>
    public static IServiceCollection AddGrainStorage<T>(this IServiceCollection collection, string name, Func<IServiceProvider, string, T> implementationFactory)
        where T : IGrainStorage
    {
        collection.AddKeyedSingleton<IGrainStorage>(name, (services, key) => implementationFactory(services, (string)key!));
        if (name == ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)
        {
            collection.AddSingleton(services => services.GetRequiredKeyedService<IGrainStorage>(name));
        }

        return collection;
    }

    internal static IServiceCollection AddGrainStorage<TStorage, TOptions>(this IServiceCollection services, string name, Action<TOptions>? configure)
        where TStorage : IGrainStorage
        where TOptions : class
    {
        services.AddOptions<TOptions>(name).Configure(options => configure?.Invoke(options));
        return services.AddGrainStorage(
            name,
            (provider, key) => ActivatorUtilities.CreateInstance<TStorage>(provider, provider.GetRequiredService<IOptionsMonitor<TOptions>>().Get(key)));
    }
}
