using Orleans.Persistence;
using Orleans.Providers;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Orleans.Hosting;

/// <summary>Grain storage in Redis.</summary>
public static class RedisSiloBuilderExtensions
{
    /// <summary>Adds the storage that grains get without naming one.</summary>
    public static ISiloBuilder AddRedisGrainStorageAsDefault(this ISiloBuilder builder, Action<RedisStorageOptions> configureOptions) =>
        builder.AddRedisGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);

    /// <summary>Adds a storage under a name.</summary>
    public static ISiloBuilder AddRedisGrainStorage(this ISiloBuilder builder, string name, Action<RedisStorageOptions> configureOptions)
    {
        builder.Services.AddGrainStorage<RedisGrainStorage, RedisStorageOptions>(name, configureOptions);
        return builder;
    }
}
