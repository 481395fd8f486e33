using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Providers;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Orleans.Hosting;

/// <summary>Grain storage in memory.</summary>
public static class MemoryGrainStorageSiloBuilderExtensions
{
    /// <summary>Adds the storage that grains get without naming one.</summary>
    public static ISiloBuilder AddMemoryGrainStorageAsDefault(this ISiloBuilder builder) =>
        builder.AddMemoryGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME);

    /// <inheritdoc cref="AddMemoryGrainStorageAsDefault(ISiloBuilder)"/>
    public static ISiloBuilder AddMemoryGrainStorageAsDefault(this ISiloBuilder builder, Action<MemoryGrainStorageOptions> configureOptions) =>
        builder.AddMemoryGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);

    /// <summary>Adds a storage under a name.</summary>
    public static ISiloBuilder AddMemoryGrainStorage(this ISiloBuilder builder, string name) => builder.AddMemoryGrainStorage(name, _ => { });

    /// <inheritdoc cref="AddMemoryGrainStorage(ISiloBuilder, string)"/>
    public static ISiloBuilder AddMemoryGrainStorage(this ISiloBuilder builder, string name, Action<MemoryGrainStorageOptions> configureOptions)
    {
        builder.Services.AddOptions<MemoryGrainStorageOptions>(name).Configure(configureOptions);
        builder.Services.AddGrainStorage(name, (services, key) => ActivatorUtilities.CreateInstance<MemoryGrainStorage>(
            services, key, services.GetRequiredService<IOptionsMonitor<MemoryGrainStorageOptions>>().Get(key)));
        return builder;
    }
}
