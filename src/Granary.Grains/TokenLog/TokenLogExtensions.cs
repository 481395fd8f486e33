using Granary.Clustering;
using Granary.Configuration;
using Granary.Health;
using Granary.Storage;
using Granary.TokenLog.Stores;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Granary.TokenLog;

/// <summary>The token log over the store that the configuration names.</summary>
internal static class TokenLogExtensions
{
    public static IServiceCollection AddTokenLog(this IServiceCollection services, IConfiguration configuration)
    {
        RequireReplicas(configuration);
        services.AddGranaryOptions<TokenLogOptions>(configuration, TokenLogOptions.SectionName);
        services.AddSingleton(CreateStore);
        services.AddHostedService<TokenLogHousekeeping>();
        services.AddSingleton<ITokenLog>(provider => new SiloTokenLog(
            provider.GetRequiredService<ITokenLogStore>(),
            provider.GetRequiredService<LocalSilo>().Address.ToParsableString(),
            provider.GetRequiredService<IOptions<TokenLogOptions>>().Value,
            provider.GetRequiredService<LocalProgress>().Commits,
            provider.GetRequiredService<LocalProgress>().Log,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SiloTokenLog>>()));
        return services;
    }

    private static ITokenLogStore CreateStore(IServiceProvider provider)
    {
        var storage = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
        var cluster = provider.GetRequiredService<IOptions<ClusterOptions>>().Value;
        var options = provider.GetRequiredService<IOptions<TokenLogOptions>>().Value;
        var timeProvider = provider.GetRequiredService<TimeProvider>();
        return storage.Kind switch
        {
            "redis" => new RedisTokenLogStore(storage.ConnectionString!, cluster.ServiceId, options),
            "postgresql" => new PostgresTokenLogStore(storage.ConnectionString!, cluster.ServiceId, options),
            "memory" => new MemoryTokenLogStore(cluster.ClusterId, timeProvider),
            _ => new SqliteTokenLogStore(provider.GetRequiredKeyedService<SqliteDatabase>(GrainStores.Inner), timeProvider),
        };
    }

    private static void RequireReplicas(IConfiguration configuration)
    {
        var kind = (configuration.GetSection(StorageOptions.SectionName).Get<StorageOptions>() ?? new StorageOptions()).Kind;
        var mode = (configuration.GetSection(TokenLogOptions.SectionName).Get<TokenLogOptions>() ?? new TokenLogOptions()).Mode;
        if (mode == TokenLogMode.Replicated && kind is not ("redis" or "postgresql"))
        {
            throw new GranaryConfigurationException(
                $"configuration: '{TokenLogOptions.SectionName}:Mode' is 'replicated', which needs '{StorageOptions.SectionName}:Kind' redis or postgresql; it is {kind}.");
        }
    }
}
