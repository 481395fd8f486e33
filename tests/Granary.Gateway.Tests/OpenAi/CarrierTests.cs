using System.Net.Http.Json;
using System.Text.Json;
using Granary.Gateway.Tests.Running;
using Granary.Gateway.Tests.Sockets;
using Granary.Host.Chat;

namespace Granary.Gateway.Tests.OpenAi;

/// <summary>Server-sent events, the plain WebSocket and the hub carry the same events of the same completion.</summary>
[Collection(DemoGatewayTests.Name)]
public sealed class CarrierTests(DemoGateway gateway)
{
    private static readonly Dictionary<string, object> Bodies = new()
    {
        ["chat"] = new
        {
            model = DemoGateway.Model,
            messages = new[] { new { role = "user", content = "Tell me a short story about a fox" } },
            n = 2,
            temperature = 1,
            seed = 7,
            max_tokens = 12,
            logprobs = true,
            stream = true,
            stream_options = new { include_usage = true },
        },
        ["text"] = new { model = DemoGateway.Model, prompt = "The fox", n = 2, temperature = 1, seed = 7, max_tokens = 12, logprobs = 1, stream = true, stream_options = new { include_usage = true } },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("chat", "http", "socket", "hub")]
    [InlineData("chat", "hub", "http", "socket")]
    [InlineData("text", "socket", "hub", "http")]
    [InlineData("text", "http", "socket", "hub")]
    public async Task Completion_askedForByAllThreeWithOneIdempotencyKey_hasTheSameEvents(string kind, params string[] carriers)
    {
        var key = Guid.NewGuid().ToString();
        var all = new List<(string Id, string Data)[]>();

        foreach (var carrier in carriers)
            all.Add(await CompleteAsync(carrier, kind, key));

        Assert.True(all[0].Length > 6, string.Join('\n', all[0]));
        Assert.Equal(all[0], all[1]);
        Assert.Equal(all[0], all[2]);
        var last = JsonDocument.Parse(all[0][^1].Data).RootElement;
        Assert.Equal(24, last.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        foreach (var carrier in carriers)
            Assert.Equal(all[0][4..], await FollowAsync(carrier, kind, last.GetProperty("id").GetString()!, all[0][3].Id));
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("text")]
    public async Task Completion_askedForByAllThreeWithOneSeed_saysTheSame(string kind)
    {
        var texts = new List<string>();
        foreach (var carrier in new[] { "http", "socket", "hub" })
            texts.Add(string.Concat((await CompleteAsync(carrier, kind, Guid.NewGuid().ToString())).Select(item => TextOfFirst(item.Data))));

        Assert.NotEmpty(texts[0]);
        Assert.Single(texts.Distinct());
    }

    [Theory]
    [InlineData("socket")]
    [InlineData("hub")]
    public async Task Completion_withAnIdempotencyKeyOfAnotherBody_isRefused(string carrier)
    {
        var key = Guid.NewGuid().ToString();
        await CompleteAsync("http", "chat", key);

        var code = carrier == "hub"
            ? (await Assert.ThrowsAsync<HubException>(() => CompleteAsync("hub", "text", key))).Code
            : await SocketCodeAsync(new { id = "1", type = "complete", kind = "text", body = Bodies["text"], idempotencyKey = key });

        Assert.Equal("idempotency_key_reused", code);
    }

    private Task<(string Id, string Data)[]> CompleteAsync(string carrier, string kind, string key) => carrier switch
    {
        "http" => HttpAsync(new HttpRequestMessage(HttpMethod.Post, Path(kind)) { Headers = { { "Idempotency-Key", key } }, Content = JsonContent.Create(Bodies[kind]) }),
        "socket" => SocketAsync(new { id = "1", type = "complete", kind, body = Bodies[kind], idempotencyKey = key }),
        _ => HubAsync("Complete", new { kind, body = Bodies[kind], idempotencyKey = key }),
    };

    private Task<(string Id, string Data)[]> FollowAsync(string carrier, string kind, string id, string last) => carrier switch
    {
        "http" => HttpAsync(new HttpRequestMessage(HttpMethod.Get, $"{Path(kind)}/{id}/events") { Headers = { { "Last-Event-ID", last } } }),
        "socket" => SocketAsync(new { id = "1", type = "follow", completionId = id, lastEventId = last }),
        _ => HubAsync("Follow", id, last),
    };

    private async Task<(string Id, string Data)[]> HttpAsync(HttpRequestMessage request)
    {
        using var client = gateway.CreateClient();
        using var response = await client.SendAsync(request, Token);
        var events = (await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Token)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.EndsWith("data: [DONE]", events[^1], StringComparison.Ordinal); // the others end in their own ways
        return [.. events[..^1].Select(item => item.Split("\ndata: ")).Select(parts => (parts[0]["id: ".Length..], parts[1]))];
    }

    private async Task<(string Id, string Data)[]> SocketAsync(object request)
    {
        using var socket = await SocketClient.ConnectAsync(gateway.Url);
        var answers = await socket.AskAsync(request);
        Assert.True(answers[^1].TryGetProperty("done", out _), answers[^1].ToString());
        return [.. answers[..^1].Select(Event)];
    }

    private async Task<string> SocketCodeAsync(object request)
    {
        using var socket = await SocketClient.ConnectAsync(gateway.Url);
        return (await socket.RefusalAsync(request))!;
    }

    private async Task<(string Id, string Data)[]> HubAsync(string method, params object[] arguments)
    {
        await using var hub = new HubConnection();
        await hub.StartAsync(new Uri(gateway.Url, "hubs/chat"), Token);
        var events = new List<(string, string)>();
        await foreach (var item in hub.StreamAsync<JsonElement>(method, arguments, Token))
            events.Add(Event(item));
        return [.. events];
    }

    private static (string Id, string Data) Event(JsonElement item) => (item.GetProperty("eventId").GetString()!, item.GetProperty("event").GetRawText());

    private static string Path(string kind) => kind == "chat" ? "v1/chat/completions" : "v1/completions";

    private static string? TextOfFirst(string data) => JsonDocument.Parse(data).RootElement.GetProperty("choices").EnumerateArray()
        .Where(choice => choice.GetProperty("index").GetInt32() == 0)
        .Select(choice => choice.TryGetProperty("text", out var text) ? text.GetString()
            : choice.GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : null)
        .FirstOrDefault();
}
