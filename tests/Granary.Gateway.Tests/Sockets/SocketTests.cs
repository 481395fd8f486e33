using System.Net.WebSockets;
using System.Text.Json;
using Granary.Gateway.Tests.Running;
using Granary.Host.Chat;

namespace Granary.Gateway.Tests.Sockets;

[Collection(KeyedGatewayTests.Name)]
public sealed class SocketTests(KeyedGateway gateway)
{
    [Fact]
    public async Task Send_andResume_giveTheSameEventsAsTheHub()
    {
        var key = (await gateway.CreateKeyAsync("acme")).ToString();
        using var socket = await SocketClient.ConnectAsync(gateway.Url, key);
        var session = (await socket.AskAsync(new { id = "1", type = "create" }))[^1].GetProperty("result").GetProperty("id").GetString()!;

        var sent = await socket.AskAsync(new { id = "2", type = "send", sessionId = session, message = new { text = "one two three four" } });

        var frames = Frames(sent);
        Assert.Equal(("echo", "test-silo"), (sent[0].GetProperty("event").GetProperty("model").GetString(), sent[0].GetProperty("event").GetProperty("silo").GetString()));
        Assert.All(sent, item => Assert.Equal("2", item.GetProperty("id").GetString()));
        Assert.Equal("one two three four", string.Concat(frames.Select(Text)));
        Assert.Equal("stop", frames[^1].GetProperty("finishReason").GetString());
        Assert.True(sent[^1].GetProperty("done").GetBoolean());

        await using var hub = new HubConnection(key);
        await hub.StartAsync(new Uri(gateway.Url, "hubs/chat"), TestContext.Current.CancellationToken);
        foreach (var next in new[] { 0, frames[0].GetProperty("firstIndex").GetInt32() + frames[0].GetProperty("tokens").GetArrayLength() })
        {
            var overSocket = await socket.AskAsync(new { id = "x", type = "resume", sessionId = session, turn = 0, nextIndex = next });
            var overHub = new List<string>();
            await foreach (var item in hub.StreamAsync<JsonElement>("Resume", [session, 0, next], TestContext.Current.CancellationToken))
                overHub.Add(item.GetRawText());
            Assert.Equal(overHub, overSocket[..^1].Select(item => item.GetProperty("event").GetRawText()));
            Assert.Equal(string.Concat(frames.Skip(next == 0 ? 0 : 1).Select(Text)), string.Concat(Frames(overSocket).Select(Text)));
        }
    }

    [Fact]
    public async Task Complete_andFollowInTheMiddle_giveTheSameEventsAsHttp()
    {
        using var socket = await ConnectAsync("acme");
        var body = new { model = EchoGateway.Model, messages = new[] { new { role = "user", content = "one two three" } } };

        var all = await socket.AskAsync(new { id = "1", type = "complete", body });
        var completion = all[0].GetProperty("event").GetProperty("id").GetString();
        var rest = await socket.AskAsync(new { id = "1", type = "follow", completionId = completion, lastEventId = all[1].GetProperty("eventId").GetString() });

        Assert.Equal(all[2..^1].Select(item => item.GetRawText()), rest[..^1].Select(item => item.GetRawText()));
        using var client = gateway.CreateClient((await gateway.CreateKeyAsync("acme")).ToString());
        var http = await client.GetStringAsync($"v1/chat/completions/{completion}/events");
        Assert.All(all[..^1], item => Assert.Contains($"id: {item.GetProperty("eventId").GetString()}\ndata: {item.GetProperty("event").GetRawText()}\n\n", http, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Requests_thatAreWrong_areRefusedAndTheConnectionLivesOn()
    {
        using var socket = await ConnectAsync("acme");

        Assert.Equal("invalid_request", await socket.RefusalAsync(new { id = "1", type = "dance" }));
        Assert.Equal("invalid_request", await socket.RefusalAsync(new { id = "2", type = "send" }));
        Assert.Equal("model_not_found", await socket.RefusalAsync(new { id = "3", type = "complete", body = new { model = "nobody", messages = new[] { new { role = "user", content = "x" } } } }));
        Assert.Equal("session_not_found", await socket.RefusalAsync(new { id = "4", type = "resume", sessionId = "x" }));
    }

    [Theory]
    [InlineData("""{"id":"1","type":"send","message":{"text":"x","sampling":{"stop":"\n"}}}""", "message.sampling.stop")]
    [InlineData("""{"id":"1","type":"resume","turn":null}""", "turn")]
    [InlineData("""{"id":"1","type":"complete","kind":"foo"}""", "kind")]
    [InlineData("""{"id":"1","type":5}""", "type")]
    public async Task Member_ofAnotherType_isRefusedByNameAndTheConnectionLivesOn(string message, string member)
    {
        using var socket = await ConnectAsync("acme");
        await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

        var answer = await socket.ReadAsync();

        var error = answer.GetProperty("error");
        Assert.Equal(("1", "invalid_request", member), (answer.GetProperty("id").GetString(), error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
        Assert.Contains($"'{member}'", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.True((await socket.AskAsync(new { id = "1", type = "create" }))[^1].GetProperty("done").GetBoolean());
    }

    [Theory]
    [InlineData("too_large", "large")]
    [InlineData("invalid_request", "twice")]
    [InlineData("invalid_request", "deep")]
    public async Task Body_thatHttpWouldRefuse_isRefusedAndTheConnectionLivesOn(string code, string what)
    {
        using var socket = await ConnectAsync("acme");
        var body = what switch
        {
            "large" => $$"""{"model":"echo","messages":[{"role":"user","content":"x"}],"user":"{{new string('x', 1 << 20)}}"}""",
            "twice" => """{"model":"echo","model":"echo","messages":[{"role":"user","content":"x"}]}""",
            _ => $$"""{"model":"echo","messages":{{new string('[', 100)}}{{new string(']', 100)}}}""",
        };
        await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes($$"""{"id":"1","type":"complete","body":{{body}}}"""), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

        Assert.Equal(code, (await socket.ReadAsync()).GetProperty("error").GetProperty("code").GetString());
        Assert.True((await socket.AskAsync(new { id = "2", type = "create" }))[^1].GetProperty("done").GetBoolean());
    }

    [Theory]
    [InlineData("oops")]
    [InlineData("[]")]
    [InlineData("""{"type":"create"}""")]
    [InlineData("""{"id":1,"type":"create"}""")]
    [InlineData("""{"id":"\ud800","type":"create"}""")]
    public async Task Message_thatIsNoJsonOrHasNoId_closesTheConnectionWithAReason(string message)
    {
        using var socket = await ConnectAsync("acme");
        await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

        var end = await socket.ReceiveAsync(new byte[1000], TestContext.Current.CancellationToken);

        Assert.Equal(WebSocketMessageType.Close, end.MessageType);
        Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, socket.CloseStatus);
    }

    private static JsonElement[] Frames(IEnumerable<JsonElement> answers) => [.. answers
        .Where(item => item.TryGetProperty("event", out var turn) && turn.TryGetProperty("frame", out _)).Select(item => item.GetProperty("event").GetProperty("frame"))];

    private static string? Text(JsonElement frame) => frame.GetProperty("text").GetString();

    private async Task<ClientWebSocket> ConnectAsync(string tenant) => await SocketClient.ConnectAsync(gateway.Url, (await gateway.CreateKeyAsync(tenant)).ToString());
}
