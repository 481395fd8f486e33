using Granary.Conformance.Support;

namespace Granary.Grains.Tests.TokenLog;

/// <summary>A Redis and a PostgreSQL server that keep what they acknowledge, started by the first test that asks.</summary>
public sealed class StoreServers : IAsyncDisposable
{
    private readonly RedisProcess _redis = new(RedisProcess.Durable);
    private readonly PostgresProcess _postgres = new("fsync=on");
    private readonly Lock _lock = new();
    private Task<string>? _redisAddress;
    private Task<string>? _postgresConnection;

    public Task<string> RedisAsync()
    {
        Assert.True(RedisProcess.IsInstalled, "Redis is not installed; run deploy/lib/apt-install redis-server:redis-server");
        lock (_lock)
        {
            return _redisAddress ??= _redis.StartAsync();
        }
    }

    public Task<string> PostgresAsync()
    {
        Assert.True(PostgresProcess.IsInstalled, "PostgreSQL is not installed; run deploy/lib/apt-install initdb:postgresql");
        lock (_lock)
        {
            return _postgresConnection ??= _postgres.StartAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _redis.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}
