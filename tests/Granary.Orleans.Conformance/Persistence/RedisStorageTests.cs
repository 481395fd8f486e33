using StackExchange.Redis;

namespace Granary.Conformance.Persistence;

public sealed class RedisStorageTests(RedisStorageTests.Silo cluster) : StorageTests<IRedisLedgerGrain>(cluster), IClassFixture<RedisStorageTests.Silo>
{
    public sealed class Silo(RedisServer redis) : StorageCluster
    {
        protected override async Task<Action<ISiloBuilder>> ProviderAsync()
        {
            var address = await redis.GetAddressAsync();
            return silo => silo.AddRedisGrainStorage("redis", options => options.ConfigurationOptions = ConfigurationOptions.Parse(address));
        }
    }
}
