using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Granary.Gateway.Tests.Chat;

/// <summary>A hub connection that reads only when it is told to, with a receive buffer that does not grow, and that can vanish.</summary>
internal sealed class StubbornSocket : IDisposable
{
    private const char RecordSeparator = '\u001e';
    private readonly ClientWebSocket _socket = new();
    private readonly StringBuilder _text = new();

    public static async Task<StubbornSocket> StartAsync(Uri gateway, string method, params object[] arguments)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var hub = new StubbornSocket();
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, token) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1 << 18 };
                await socket.ConnectAsync(context.DnsEndPoint, token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        await hub._socket.ConnectAsync(new UriBuilder(new Uri(gateway, "hubs/chat")) { Scheme = "ws" }.Uri, invoker, cancellationToken);
        await hub.SendAsync(new { protocol = "json", version = 1 });
        await hub.SendAsync(new { type = 4, invocationId = "1", target = method, arguments });
        return hub;
    }

    public Task SendAsync(object record) => _socket.SendAsync(
        Encoding.UTF8.GetBytes(JsonSerializer.Serialize(record) + RecordSeparator), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    /// <summary>The tokens of the reply to its end, or as many as <paramref name="most"/>.</summary>
    public async Task<List<int>> ReadTokensAsync(int most = int.MaxValue)
    {
        var tokens = new List<int>();
        while (tokens.Count < most)
        {
            var record = JsonDocument.Parse(await ReadRecordAsync()).RootElement;
            if (!record.TryGetProperty("type", out var type))
                continue;
            if (type.GetInt32() == 3)
                return tokens;
            if (type.GetInt32() == 2 && record.GetProperty("item").TryGetProperty("frame", out var frame))
                tokens.AddRange(frame.GetProperty("tokens").EnumerateArray().Select(token => token.GetInt32()));
        }

        return tokens;
    }

    /// <summary>As if its machine lost power.</summary>
    public void Vanish() => _socket.Abort();

    public void Dispose() => _socket.Dispose();

    private async Task<string> ReadRecordAsync()
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var text = _text.ToString();
            if (text.IndexOf(RecordSeparator, StringComparison.Ordinal) is >= 0 and var end)
            {
                _text.Remove(0, end + 1);
                return text[..end];
            }

            var part = await _socket.ReceiveAsync(buffer.AsMemory(), TestContext.Current.CancellationToken);
            _text.Append(Encoding.UTF8.GetString(buffer, 0, part.Count)); // replies here are ASCII
        }
    }
}
