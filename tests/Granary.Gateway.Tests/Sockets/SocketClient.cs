using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Granary.Gateway.Tests.Sockets;

/// <summary>A client of the plain WebSocket.</summary>
internal static class SocketClient
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="gateway">Where.</param>
    /// <param name="key">The API key, if one is needed.</param>
    public static async Task<ClientWebSocket> ConnectAsync(Uri gateway, string? key = null)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(gateway) { Scheme = "ws", Path = "/hubs/socket", Query = key is null ? "" : $"access_token={key}" }.Uri, Token);
        return socket;
    }

    /// <summary>Sends one message.</summary>
    public static Task TellAsync(this WebSocket socket, object request) =>
        socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(request), WebSocketMessageType.Text, true, Token);

    /// <summary>Sends, and reads to the end of the answer.</summary>
    public static async Task<JsonElement[]> AskAsync(this WebSocket socket, object request)
    {
        await socket.TellAsync(request);
        var answers = new List<JsonElement>();
        do
        {
            answers.Add(await socket.ReadAsync());
        }
        while (!answers[^1].TryGetProperty("done", out _) && !answers[^1].TryGetProperty("error", out _));
        return [.. answers];
    }

    /// <summary>The code of the refusal that ends the answer.</summary>
    public static async Task<string?> RefusalAsync(this WebSocket socket, object request) =>
        (await socket.AskAsync(request))[^1].TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null;

    /// <summary>One message of the gateway's.</summary>
    public static async Task<JsonElement> ReadAsync(this WebSocket socket)
    {
        var buffer = new byte[64 << 10];
        var length = 0;
        ValueWebSocketReceiveResult read;
        do
        {
            read = await socket.ReceiveAsync(buffer.AsMemory(length), Token);
            Assert.Equal(WebSocketMessageType.Text, read.MessageType);
            length += read.Count;
        }
        while (!read.EndOfMessage);
        return JsonDocument.Parse(Encoding.UTF8.GetString(buffer, 0, length)).RootElement;
    }
}
