[assembly: AssemblyFixture(typeof(Granary.Conformance.Support.RedisServer))]

namespace Granary.Conformance.Support;

/// <summary>A Redis server of its own, started by the first test that asks.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly RedisProcess _process = new("--appendonly", "no");
    private Task<string>? _address;

    /// <summary>host:port.</summary>
    public Task<string> GetAddressAsync()
    {
        Assert.True(RedisProcess.IsInstalled, "Redis is not installed; run deploy/lib/apt-install redis-server:redis-server");
        lock (_process)
        {
            return _address ??= _process.StartAsync();
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
