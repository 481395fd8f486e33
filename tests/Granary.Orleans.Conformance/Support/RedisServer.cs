using System.Diagnostics;
using System.Net.Sockets;

[assembly: AssemblyFixture(typeof(Granary.Conformance.Support.RedisServer))]

namespace Granary.Conformance.Support;

/// <summary>A Redis server of its own, started by the first test that asks.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private Process? _process;
    private Task<string>? _address;

    /// <summary>host:port.</summary>
    public Task<string> GetAddressAsync()
    {
        Assert.False(Server.Find("redis-server") is null, "Redis is not installed; run deploy/lib/apt-install redis-server:redis-server");
        lock (_folder)
        {
            return _address ??= StartAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.StopAsync(_process);
        _folder.Dispose();
    }

    private async Task<string> StartAsync()
    {
        var port = Server.FreePort();
        _process = Server.Start(Server.Find("redis-server")!, "--port", $"{port}", "--bind", "127.0.0.1", "--dir", _folder.FullPath, "--save", "", "--appendonly", "no");
        await Server.UntilReadyAsync(_process, async cancellationToken =>
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync("127.0.0.1", port, cancellationToken);
        });
        return $"127.0.0.1:{port}";
    }
}
