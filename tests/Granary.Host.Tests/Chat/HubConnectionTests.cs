using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Host.Chat;

namespace Granary.Host.Tests.Chat;

public sealed class HubConnectionTests
{
    private const int Connections = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Stream_abortedWhileItsItemsAreRead_endsForWhoeverReads()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/hub");
        for (var i = 0; i < Connections; i++)
        {
            var serving = FloodAsync(listener);
            var hub = new HubConnection();
            await hub.StartAsync(url, TestContext.Current.CancellationToken);

            await ReadAsync(hub).WaitAsync(Patience, TestContext.Current.CancellationToken);

            await serving.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
    }

    private static async Task ReadAsync(HubConnection hub)
    {
        var lost = await Assert.ThrowsAsync<HubException>(async () =>
        {
            await foreach (var _ in hub.StreamAsync<int>("Count", [], TestContext.Current.CancellationToken))
            {
                hub.Abort();
            }
        });
        Assert.True(lost.IsConnectionLost);
    }

    /// <summary>Accepts one connection and sends items of its first stream until it breaks.</summary>
    private static async Task FloodAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        var key = await ReadKeyAsync(stream);
#pragma warning disable CA5350 // the WebSocket handshake is made of it
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));
        byte[] item = [.. JsonSerializer.SerializeToUtf8Bytes(new { type = 2, invocationId = "1", item = 7 }), 0x1e];
        byte[] frame = [0x81, (byte)item.Length, .. item];
        try
        {
            while (true)
            {
                await stream.WriteAsync(frame);
            }
        }
        catch (IOException)
        {
            // The client is gone.
        }
    }

    private static async Task<string> ReadKeyAsync(NetworkStream stream)
    {
        var request = new StringBuilder();
        var buffer = new byte[4096];
        while (!request.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            request.Append(Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer)));
        }

        const string Name = "Sec-WebSocket-Key: ";
        var text = request.ToString();
        var begin = text.IndexOf(Name, StringComparison.OrdinalIgnoreCase) + Name.Length;
        return text[begin..text.IndexOf("\r\n", begin, StringComparison.Ordinal)];
    }
}
