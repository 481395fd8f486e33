using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Granary.Errors;
using Granary.Gateway.Tests.Running;
using Granary.Gateway.Tests.Scripted;
using Granary.Models;
using Granary.Serving;

namespace Granary.Gateway.Tests.OpenAi;

/// <summary>Completions whose clients, grains and silos go, over real HTTP.</summary>
public sealed class CompletionEventsTests : IAsyncLifetime
{
    private static readonly TokenFrame[] Frames =
    [
        Frame(0, 0, "Let me") with { Fingerprint = "0123456789abcdef" },
        Frame(1, 0, ""),
        Frame(1, 1, "Grüezi"),
        Frame(0, 1, " see.") with { ToolCalls = [new ToolCall("call_1", "now", "{}")] },
        Frame(0, 2, "") with { ToolCalls = [new ToolCall("call_2", "now", "{}"), new ToolCall("call_3", "now", "{}")] },
        Frame(1, 2, "!") with { FinishReason = FinishReason.Stop, Usage = new TokenUsage(5, 2, 3) },
        Frame(0, 3, "") with { ToolCalls = [new ToolCall("call_4", "now", "{\"a\"")] },
        Frame(0, 4, "") with { ToolCalls = [new ToolCall("", "", ": 1")] },
        Frame(0, 5, "") with { ToolCalls = [new ToolCall("", "", "}"), new ToolCall("call_5", "now", "{}")], FinishReason = FinishReason.ToolCalls, Usage = new TokenUsage(5, 2, 4) },
    ];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ScriptedGrains _grains = new();
    private ScriptedGateway _gateway = null!;
    private ScriptedGateway _other = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        (_gateway, _other) = (await ScriptedGateway.StartAsync(_grains), await ScriptedGateway.StartAsync(_grains));
        _client = _gateway.CreateClient();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task Get_afterEveryEvent_givesTheRest_atAnotherGateway()
    {
        Script(new ScriptedTurn(Frames));
        var (id, events) = await StreamAsync();
        using var other = _other.CreateClient();

        Assert.Equal(15, events.Length); // two roles, four texts, five of calls, two reasons, a usage, [DONE]
        Assert.Distinct(events.Select(EventId));
        Assert.All(events.SkipLast(1), item => Assert.Contains("\"system_fingerprint\":\"fp_0123456789\"", item, StringComparison.Ordinal));
        for (var i = 0; i < events.Length - 1; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"v1/chat/completions/{id}/events") { Headers = { { "Last-Event-ID", EventId(events[i]) } } };
            using var response = await other.SendAsync(request);
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
            Assert.Equal(events[(i + 1)..], Split(await response.Content.ReadAsStringAsync()));
        }
    }

    /// <summary>As OpenAI writes them: index, id, type and name with a call's first delta, index and a piece of the arguments with the others.</summary>
    [Fact]
    public async Task Stream_callInPieces_isDeltasOfOneIndex()
    {
        Script(new ScriptedTurn(Frames));

        var (_, events) = await StreamAsync();

        Assert.Equal(
            [
                """[{"index":3,"id":"call_4","type":"function","function":{"name":"now","arguments":"{\"a\""}}]""",
                """[{"index":3,"function":{"arguments":": 1"}}]""",
                """[{"index":3,"function":{"arguments":"}"}},{"index":4,"id":"call_5","type":"function","function":{"name":"now","arguments":"{}"}}]""",
            ],
            events.Where(item => item.Contains("\"index\":3", StringComparison.Ordinal)).Select(Deltas));

        static string Deltas(string item)
        {
            var deltas = JsonDocument.Parse(item[item.IndexOf('{', StringComparison.Ordinal)..]).RootElement.GetProperty("choices")[0].GetProperty("delta").GetProperty("tool_calls");
            return $"[{string.Join(',', deltas.EnumerateArray().Select(Ordered))}]";
        }

        static string Ordered(JsonElement delta) => // in OpenAI's order, whatever ours
            $$"""{"index":{{delta.GetProperty("index")}},{{Member(delta, "id")}}{{Member(delta, "type")}}"function":{{delta.GetProperty("function").GetRawText()}}}""";

        static string Member(JsonElement delta, string name) => delta.TryGetProperty(name, out var value) ? $"\"{name}\":{value.GetRawText()}," : "";
    }

    [Fact]
    public async Task Get_withoutALastEvent_givesAll_andAfterTheLast_saysThatThereIsNoMore()
    {
        Script(new ScriptedTurn(Frames));
        var (id, events) = await StreamAsync();

        Assert.Equal(events, Split(await _client.GetStringAsync($"v1/chat/completions/{id}/events")));
        Assert.Equal(events[3..], Split(await _client.GetStringAsync($"v1/chat/completions/{id}/events?last_event_id={EventId(events[2])}")));
        using var nothing = await _client.GetAsync($"v1/chat/completions/{id}/events?last_event_id={EventId(events[^1])}");
        Assert.Equal(HttpStatusCode.NoContent, nothing.StatusCode);
    }

    [Theory]
    [InlineData("chatcmpl-0199aaaaaaaa7aaa8aaaaaaaaaaaaaaa01100000000", "", HttpStatusCode.NotFound, "completion_not_found")]
    [InlineData("chatcmpl-nonsense", "", HttpStatusCode.NotFound, "completion_not_found")]
    [InlineData("chatcmpl-0199aaaaaaaa7aaa8aaaaaaaaaaaaaaa01100000000", "?last_event_id=x", HttpStatusCode.BadRequest, "invalid_request")]
    public async Task Get_whatIsNotThere_isAnError(string id, string query, HttpStatusCode status, string code)
    {
        Script(new ScriptedTurn(Frames));

        using var response = await _client.GetAsync($"v1/chat/completions/{id}/events{query}");

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(code, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Stream_whoseGrainDiesBeforeEveryRecord_isTheSame()
    {
        var broken = new HashSet<int>();
        Script(new ScriptedTurn(Frames));
        var (wholeId, whole) = await StreamAsync();
        Script(new ScriptedTurn(Frames) { BreaksBefore = broken.Add }).LostAnswers = 1;

        var (id, events) = await StreamAsync();

        Assert.Equal(whole.Select(item => Stripped(item, wholeId)), events.Select(item => Stripped(item, id)));
        Assert.Single(_grains.Completion.Started.Select(request => request.Sampling.Seed).Distinct());
        Assert.NotNull(_grains.Completion.Started[0].Sampling.Seed);
    }

    [Fact]
    public async Task Whole_whoseGrainDiesBeforeEveryRecord_isWhole()
    {
        var broken = new HashSet<int>();
        Script(new ScriptedTurn(Frames) { BreaksBefore = broken.Add });

        using var response = await _client.PostAsJsonAsync("v1/chat/completions", Ask(isStream: false));

        var reply = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("fp_0123456789", reply.GetProperty("system_fingerprint").GetString());
        Assert.Equal("Let me see.", Content(reply, 0));
        Assert.Equal("Grüezi!", Content(reply, 1));
        var calls = reply.GetProperty("choices")[0].GetProperty("message").GetProperty("tool_calls").EnumerateArray();
        Assert.Equal(["call_1 {}", "call_2 {}", "call_3 {}", "call_4 {\"a\": 1}", "call_5 {}"], calls.Select(call => $"{call.GetProperty("id")} {call.GetProperty("function").GetProperty("arguments")}"));
        Assert.Equal((5, 7), (reply.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), reply.GetProperty("usage").GetProperty("completion_tokens").GetInt32()));
    }

    [Theory]
    [InlineData(true, "unavailable")]
    [InlineData(false, "internal_error")]
    public async Task Stream_thatFails_endsWithAnErrorEventWithoutAnId(bool isKnown, string code)
    {
        Script(new ScriptedTurn(Frames)
        {
            BreaksBefore = static record => record == 1,
            Break = () => isKnown ? new GranaryException(ErrorCode.Unavailable, "No replica was found.") : new InvalidOperationException("secret"),
        });

        var (_, events) = await StreamAsync();

        Assert.Equal(4, events.Length); // two roles, a text
        var error = JsonDocument.Parse(events[^1]["data: ".Length..]).RootElement.GetProperty("error");
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Equal("server_error", error.GetProperty("type").GetString());
        Assert.DoesNotContain("secret", events[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_thatFailsBeforeItsFirstEvent_isAnHttpError()
    {
        Script(new ScriptedTurn(Frames) { BreaksBefore = static _ => true, Break = static () => new GranaryException(ErrorCode.Overloaded, "Full.") });

        using var response = await _client.PostAsJsonAsync("v1/chat/completions", Ask(isStream: true));

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_whoseCallerLeaves_isStoppedOnlyIfNothingWasShown(bool isStream)
    {
        var turn = new ScriptedTurn(Frames) { Holds = 3 };
        var completion = Script(turn);
        using var leaving = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = JsonContent.Create(Ask(isStream)) };
        var reply = _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leaving.Token);
        await Eventually.TrueAsync(() => Task.FromResult(turn.Given == 3), "it did not begin");
        if (isStream)
            (await reply).Dispose();
        else
            await leaving.CancelAsync();

        await turn.Left.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        if (isStream)
            Assert.False(completion.Stopped.Task.IsCompleted);
        else
            await completion.Stopped.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Stream_whoseReaderDoesNotRead_takesNothingMoreFromTheGrain_andLosesNothing()
    {
        const int Count = 2_500;
        const int FrameChars = 10_000;
        const int MostChars = 12_000_000; // two sockets' buffers, of which the system grows one, and two pipes
        const int RestingTicks = 15;
        var turn = ScriptedTurn.Words(Count, FrameChars);
        Script(turn);
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, token) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1 << 18 };
                await socket.ConnectAsync(context.DnsEndPoint, token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var stubborn = new HttpClient(handler) { BaseAddress = _gateway.Url };
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
        {
            Content = JsonContent.Create(new { model = "m", stream = true, messages = new[] { new { role = "user", content = "Hello" } } }),
        };
        using var response = await stubborn.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        var (before, resting) = (0, 0);
        await Eventually.TrueAsync(
            () =>
            {
                resting = turn.Given > 0 && turn.Given == before ? resting + 1 : 0;
                before = turn.Given;
                return Task.FromResult(resting == RestingTicks);
            },
            "it did not come to rest");

        Assert.InRange(turn.Given, 1, MostChars / FrameChars);
        var events = Split(await response.Content.ReadAsStringAsync());
        Assert.Equal(Count + 3, events.Length); // a role, the reason, [DONE]
        Assert.Equal(Count, turn.Given);
    }

    [Theory]
    [InlineData("v1/chat/completions", true)]
    [InlineData("v1/chat/completions", false)]
    [InlineData("v1/completions", true)]
    [InlineData("v1/completions", false)]
    public async Task Stream_saysThatTheUsageIsNullUntilTheLastEvent_whereItWasAskedFor(string path, bool includesUsage)
    {
        Script(ScriptedTurn.Words(3));
        object options = new { include_usage = includesUsage };
        using var response = await _client.PostAsJsonAsync(path, path == "v1/completions"
            ? new { model = "m", stream = true, stream_options = options, prompt = "Hello" }
            : (object)new { model = "m", stream = true, stream_options = options, messages = new[] { new { role = "user", content = "Hello" } } });

        var chunks = Split(await response.Content.ReadAsStringAsync())[..^1].Select(item => JsonDocument.Parse(item.Split("\ndata: ")[1]).RootElement).ToArray();

        Assert.All(chunks[..^1], chunk => Assert.Equal(includesUsage ? JsonValueKind.Null : JsonValueKind.Undefined, chunk.TryGetProperty("usage", out var usage) ? usage.ValueKind : JsonValueKind.Undefined));
        Assert.Equal(includesUsage, chunks[^1].TryGetProperty("usage", out var last) && last.GetProperty("prompt_tokens").GetInt32() == 3);
    }

    private ScriptedCompletion Script(ScriptedTurn turn) => _grains.Completion = new ScriptedCompletion(turn);

    private async Task<(string Id, string[] Events)> StreamAsync()
    {
        using var response = await _client.PostAsJsonAsync("v1/chat/completions", Ask(isStream: true));
        return (response.Headers.GetValues("x-request-id").Single(), Split(await response.Content.ReadAsStringAsync()));
    }

    private static object Ask(bool isStream) => isStream
        ? new { model = "m", n = 2, stream = true, stream_options = new { include_usage = true }, messages = new[] { new { role = "user", content = "Hello" } } }
        : new { model = "m", n = 2, messages = new[] { new { role = "user", content = "Hello" } } };

    private static TokenFrame Frame(int choice, int index, string text) => new() { Choice = choice, FirstIndex = index, Tokens = [index], Text = text };

    private static string? Content(JsonElement reply, int choice) => reply.GetProperty("choices")[choice].GetProperty("message").GetProperty("content").GetString();

    private static string[] Split(string body) => body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

    private static string EventId(string item) => item[..item.IndexOf('\n', StringComparison.Ordinal)]["id: ".Length..];

    // The id has the time in it, and so has "created".
    private static string Stripped(string item, string id) =>
        item.Contains("[DONE]", StringComparison.Ordinal) ? item : item.Replace(id, "", StringComparison.Ordinal).Split("\"created\":")[0] + item[item.IndexOf("\"choices\"", StringComparison.Ordinal)..];
}
