using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Granary.Benchmarks.Gateways;

/// <summary>SignalR connections to the chat hub on which nothing happens but signs of life.</summary>
internal sealed class IdleConnections : IDisposable
{
    private const int AtATime = 64;

    private static readonly byte[] Upgrade = Encoding.ASCII.GetBytes(
        "GET /hubs/chat HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");

    private static readonly byte[] Handshake = Frame("""{"protocol":"json","version":1}""");
    private static readonly byte[] Ping = Frame("""{"type":6}""");
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly List<Socket> _sockets = [];
    private readonly byte[] _buffer = new byte[64 << 10];

    /// <summary>Opens them, some at a time, until the hub has greeted all.</summary>
    public static async Task<IdleConnections> OpenAsync(Uri server, int count, CancellationToken cancellationToken)
    {
        var connections = new IdleConnections();
        for (var opened = 0; opened < count; opened += AtATime)
        {
            connections._sockets.AddRange(await Task.WhenAll(Enumerable.Range(0, Math.Min(AtATime, count - opened)).Select(_ => OpenAsync(server, cancellationToken))));
        }

        return connections;
    }

    /// <summary>Lets them live for a time, each with the signs of life that a client gives.</summary>
    /// <exception cref="InvalidDataException">The server closed one.</exception>
    public async Task LiveAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period);
        for (var lived = TimeSpan.Zero; lived < time; lived += Period)
        {
            foreach (var socket in _sockets)
            {
                await socket.SendAsync(Ping, cancellationToken);
                while (socket.Poll(0, SelectMode.SelectRead))
                {
                    if (await socket.ReceiveAsync(_buffer, cancellationToken) == 0)
                    {
                        throw new InvalidDataException("The hub closed an idle connection.");
                    }
                }
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    private static async Task<Socket> OpenAsync(Uri server, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, server.Port, cancellationToken);
        await socket.SendAsync(Upgrade, cancellationToken);
        await UntilAsync(socket, "\r\n\r\n", cancellationToken);
        await socket.SendAsync(Handshake, cancellationToken);
        await UntilAsync(socket, "{}\u001e", cancellationToken);
        return socket;
    }

    private static async Task UntilAsync(Socket socket, string end, CancellationToken cancellationToken)
    {
        var (buffer, text) = (new byte[4096], "");
        while (!text.EndsWith(end, StringComparison.Ordinal))
        {
            var received = await socket.ReceiveAsync(buffer, cancellationToken);
            text += received > 0 ? Encoding.Latin1.GetString(buffer, 0, received) : throw new InvalidDataException($"The hub closed a connection that began: {text}");
        }
    }

    // One message of SignalR in one short frame of a WebSocket, masked with zeros.
    private static byte[] Frame(string message) => [0x81, (byte)(0x80 | (message.Length + 1)), 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(message), 0x1e];
}
