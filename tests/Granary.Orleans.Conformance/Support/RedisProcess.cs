using System.Diagnostics;
using System.Net.Sockets;

namespace Granary.Conformance.Support;

/// <summary>A Redis server in a temporary folder on a free port, which can be killed and started again.</summary>
/// <param name="settings">Words of redis-server's command line.</param>
internal sealed class RedisProcess(params string[] settings) : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePorts.Next();
    private Process? _process;

    public static bool IsInstalled => Server.Find("redis-server") is not null;

    /// <summary>What a server needs that loses nothing it acknowledged, as that of <c>granary up</c>.</summary>
    public static string[] Durable => ["--appendonly", "yes", "--appendfsync", "always"];

    public int Port => _port;

    /// <summary>Starts the server, with what it wrote before.</summary>
    /// <returns>host:port.</returns>
    public async Task<string> StartAsync()
    {
        _process = Server.Start(Server.Find("redis-server")!, ["--port", $"{_port}", "--bind", "127.0.0.1", "--dir", _folder.FullPath, "--save", "", .. settings]);
        await Server.UntilReadyAsync(_process, async cancellationToken =>
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync("127.0.0.1", _port, cancellationToken);
            await using var stream = socket.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray(), cancellationToken);
            using var reader = new StreamReader(stream);
            if (await reader.ReadLineAsync(cancellationToken) != "+PONG")
            {
                throw new IOException("Redis is loading.");
            }
        });
        return $"127.0.0.1:{_port}";
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        await Server.StopAsync(_process);
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.StopAsync(_process);
        _folder.Dispose();
    }
}
