using Granary.Configuration;
using Microsoft.Extensions.Configuration;
using Orleans.Hosting;
using StackExchange.Redis;

namespace Granary.Storage;

/// <summary>The store that the configuration names.</summary>
internal static class GrainStoreExtensions
{
    public static ISiloBuilder AddGrainStores(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services.AddGranaryOptions<StorageOptions>(configuration, StorageOptions.SectionName);
        var options = configuration.GetSection(StorageOptions.SectionName).Get<StorageOptions>() ?? new StorageOptions();
        return options.Kind switch
        {
            "redis" => silo.AddRedisGrainStorage(GrainStores.Sessions, redis => redis.ConfigurationOptions = ConfigurationOptions.Parse(options.ConnectionString!)),
            "postgresql" => silo.AddAdoNetGrainStorage(GrainStores.Sessions, postgres =>
            {
                postgres.Invariant = "Npgsql";
                postgres.ConnectionString = options.ConnectionString!;
            }),
            "memory" => silo.AddMemoryGrainStorage(GrainStores.Sessions),
            _ => silo.AddSqliteGrainStorage(GrainStores.Sessions, sqlite => sqlite.Path = options.ConnectionString ?? sqlite.Path),
        };
    }
}
