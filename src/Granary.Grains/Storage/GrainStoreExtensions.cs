using Granary.Configuration;
using Granary.Health;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using StackExchange.Redis;

namespace Granary.Storage;

/// <summary>The store that the configuration names.</summary>
internal static class GrainStoreExtensions
{
    public static ISiloBuilder AddGrainStores(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services.AddGranaryOptions<StorageOptions>(configuration, StorageOptions.SectionName);
        var options = configuration.GetSection(StorageOptions.SectionName).Get<StorageOptions>() ?? new StorageOptions();
        const string inner = GrainStores.Inner;
        silo.Services.AddKeyedSingleton<IGrainStorage>(GrainStores.Sessions, (provider, _) =>
            new GuardedGrainStorage(provider.GetRequiredKeyedService<IGrainStorage>(inner), provider.GetRequiredService<LocalProgress>().Store));
        return options.Kind switch
        {
            "redis" => silo.AddRedisGrainStorage(inner, redis => redis.ConfigurationOptions = ConfigurationOptions.Parse(options.ConnectionString!)),
            "postgresql" => silo.AddAdoNetGrainStorage(inner, postgres =>
            {
                postgres.Invariant = "Npgsql";
                postgres.ConnectionString = options.ConnectionString!;
            }),
            "memory" => silo.AddMemoryGrainStorage(inner),
            _ => silo.AddSqliteGrainStorage(inner, sqlite => sqlite.Path = options.ConnectionString ?? sqlite.Path),
        };
    }
}
