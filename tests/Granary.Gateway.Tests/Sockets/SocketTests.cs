using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Granary.Gateway.Tests.Running;

namespace Granary.Gateway.Tests.Sockets;

[Collection(KeyedGatewayTests.Name)]
public sealed class SocketTests(KeyedGateway gateway)
{
    [Fact]
    public async Task Send_andResumeInTheMiddle_giveTheSameEventsAsTheHub()
    {
        using var socket = await ConnectAsync("acme");
        var session = (await AskAsync(socket, new { id = "1", type = "create" }))[^1].GetProperty("result").GetProperty("id").GetString();

        var sent = await AskAsync(socket, new { id = "2", type = "send", sessionId = session, message = new { text = "one two three four" } });
        var frames = Frames(sent);
        using var other = await ConnectAsync("acme");
        var next = frames[0].GetProperty("firstIndex").GetInt32() + frames[0].GetProperty("tokens").GetArrayLength();
        var resumed = Frames(await AskAsync(other, new { id = "x", type = "resume", sessionId = session, turn = 0, nextIndex = next }));

        Assert.Equal(("echo", "test-silo"), (sent[0].GetProperty("event").GetProperty("model").GetString(), sent[0].GetProperty("event").GetProperty("silo").GetString()));
        Assert.All(sent, item => Assert.Equal("2", item.GetProperty("id").GetString()));
        Assert.Equal("one two three four", string.Concat(frames.Select(Text)));
        Assert.Equal("stop", frames[^1].GetProperty("finishReason").GetString());
        Assert.Equal(string.Concat(frames.Skip(1).Select(Text)), string.Concat(resumed.Select(Text)));
        Assert.True(sent[^1].GetProperty("done").GetBoolean());
    }

    [Fact]
    public async Task Complete_andFollowInTheMiddle_giveTheSameEventsAsHttp()
    {
        using var socket = await ConnectAsync("acme");
        var body = new { model = EchoGateway.Model, messages = new[] { new { role = "user", content = "one two three" } } };

        var all = await AskAsync(socket, new { id = "1", type = "complete", body });
        var completion = all[0].GetProperty("event").GetProperty("id").GetString();
        var rest = await AskAsync(socket, new { id = "1", type = "follow", completionId = completion, lastEventId = all[1].GetProperty("eventId").GetString() });

        Assert.Equal(all[2..^1].Select(item => item.GetRawText()), rest[..^1].Select(item => item.GetRawText()));
        using var client = gateway.CreateClient((await gateway.CreateKeyAsync("acme")).ToString());
        var http = await client.GetStringAsync($"v1/chat/completions/{completion}/events");
        Assert.All(all[..^1], item => Assert.Contains($"id: {item.GetProperty("eventId").GetString()}\ndata: {item.GetProperty("event").GetRawText()}\n\n", http, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stranger_withTheIdsOfAnother_isToldThatThereIsNothing()
    {
        using var own = await ConnectAsync("victim");
        var session = (await AskAsync(own, new { id = "1", type = "create" }))[^1].GetProperty("result").GetProperty("id").GetString();
        await AskAsync(own, new { id = "2", type = "send", sessionId = session, message = new { text = "secret" } });
        var completion = (await AskAsync(own, new { id = "3", type = "complete", body = new { model = EchoGateway.Model, messages = new[] { new { role = "user", content = "secret" } } } }))[0].GetProperty("event").GetProperty("id").GetString();
        using var thief = await ConnectAsync("thief");

        Assert.Equal("session_not_found", await RefusalAsync(thief, new { id = "1", type = "send", sessionId = session, message = new { text = "x" } }));
        Assert.Equal("session_not_found", await RefusalAsync(thief, new { id = "2", type = "resume", sessionId = session, turn = 0, nextIndex = 0 }));
        Assert.True((await AskAsync(thief, new { id = "3", type = "stop", sessionId = session }))[^1].GetProperty("done").GetBoolean()); // as of one that does not exist
        Assert.Equal("completion_not_found", await RefusalAsync(thief, new { id = "4", type = "follow", completionId = completion }));
    }

    [Fact]
    public async Task Requests_thatAreWrong_areRefusedAndTheConnectionLivesOn()
    {
        using var socket = await ConnectAsync("acme");

        Assert.Equal("invalid_request", await RefusalAsync(socket, new { id = "1", type = "dance" }));
        Assert.Equal("invalid_request", await RefusalAsync(socket, new { id = "2", type = "send" }));
        Assert.Equal("model_not_found", await RefusalAsync(socket, new { id = "3", type = "complete", body = new { model = "nobody", messages = new[] { new { role = "user", content = "x" } } } }));
        Assert.Equal("session_not_found", await RefusalAsync(socket, new { id = "4", type = "resume", sessionId = "x" }));
    }

    [Fact]
    public async Task Message_thatIsNoJson_closesTheConnectionWithAReason()
    {
        using var socket = await ConnectAsync("acme");
        await socket.SendAsync("oops"u8.ToArray(), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

        var end = await socket.ReceiveAsync(new byte[1000], TestContext.Current.CancellationToken);

        Assert.Equal(WebSocketMessageType.Close, end.MessageType);
        Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, socket.CloseStatus);
    }

    private static JsonElement[] Frames(IEnumerable<JsonElement> answers) => [.. answers
        .Where(item => item.TryGetProperty("event", out var turn) && turn.TryGetProperty("frame", out _)).Select(item => item.GetProperty("event").GetProperty("frame"))];

    private static string? Text(JsonElement frame) => frame.GetProperty("text").GetString();

    private static async Task<string?> RefusalAsync(WebSocket socket, object request) => (await AskAsync(socket, request))[^1].GetProperty("error").GetProperty("code").GetString();

    /// <summary>Sends, and reads to the end of the answer.</summary>
    private static async Task<JsonElement[]> AskAsync(WebSocket socket, object request)
    {
        await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(request), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
        var answers = new List<JsonElement>();
        var buffer = new byte[64 << 10];
        do
        {
            var length = 0;
            ValueWebSocketReceiveResult read;
            do
            {
                read = await socket.ReceiveAsync(buffer.AsMemory(length), TestContext.Current.CancellationToken);
                Assert.Equal(WebSocketMessageType.Text, read.MessageType);
                length += read.Count;
            }
            while (!read.EndOfMessage);
            answers.Add(JsonDocument.Parse(Encoding.UTF8.GetString(buffer, 0, length)).RootElement);
        }
        while (!answers[^1].TryGetProperty("done", out _) && !answers[^1].TryGetProperty("error", out _));
        return [.. answers];
    }

    private async Task<ClientWebSocket> ConnectAsync(string tenant)
    {
        var socket = new ClientWebSocket();
        var address = new UriBuilder(gateway.Url) { Scheme = "ws", Path = "/hubs/socket", Query = $"access_token={await gateway.CreateKeyAsync(tenant)}" };
        await socket.ConnectAsync(address.Uri, TestContext.Current.CancellationToken);
        return socket;
    }
}
