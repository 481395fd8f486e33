using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Gateway.Tests.Running;
using Granary.Host.Chat;

namespace Granary.Gateway.Tests.Telemetry;

/// <summary>One trace from the caller to the engine's steps.</summary>
[Collection(DemoGatewayTests.Name)]
public sealed class TraceTests(DemoGateway gateway)
{
    private const string Secret = "Tell me a secret story";
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Caller = "00f067aa0ba902b7";

    [Fact]
    public async Task Completion_ofATracedCaller_goesOnInItsTraceDownToTheEngine()
    {
        using var spans = new RecordedSpans();
        using var client = gateway.CreateClient();
        client.DefaultRequestHeaders.Add("traceparent", $"00-{TraceId}-{Caller}-01");
        var request = new { model = DemoGateway.Model, max_tokens = 4, temperature = 0.5, seed = 7, stream = true, messages = new[] { new { role = "user", content = Secret } } };
        using var response = await client.PostAsJsonAsync("v1/chat/completions", request);
        Assert.Contains("[DONE]", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var chat = await spans.FindAsync($"chat {DemoGateway.Model}", span => span.TraceId.ToString() == TraceId);
        Assert.Equal(Caller, chat.ParentSpanId.ToString());
        Assert.Equal(ActivityKind.Server, chat.Kind);
        AssertTags(chat, new()
        {
            ["gen_ai.operation.name"] = "chat",
            ["gen_ai.provider.name"] = "granary",
            ["gen_ai.request.model"] = DemoGateway.Model,
            ["gen_ai.request.max_tokens"] = 4,
            ["gen_ai.request.temperature"] = 0.5f,
            ["gen_ai.request.seed"] = 7L,
            ["gen_ai.request.stream"] = true,
            ["gen_ai.output.type"] = "text",
            ["gen_ai.usage.output_tokens"] = 4,
            ["server.port"] = gateway.Url.Port,
        });
        Assert.Equal(["length"], Assert.IsType<string[]>(chat.GetTagItem("gen_ai.response.finish_reasons")));
        await AssertReachesTheEngineAsync(spans, chat);
    }

    [Fact]
    public async Task Send_onTheHub_isOneTraceDownToTheEngine()
    {
        using var spans = new RecordedSpans();
        await using var hub = new HubConnection();
        await hub.StartAsync(new Uri(gateway.Url, "hubs/chat"), TestContext.Current.CancellationToken);
        var session = (await hub.InvokeAsync<JsonElement>("Create", TestContext.Current.CancellationToken, new { model = DemoGateway.Model })).GetProperty("id").GetString()!;
        await foreach (var _ in hub.StreamAsync<JsonElement>("Send", [session, new { text = Secret, sampling = new { maxTokens = 4 } }], TestContext.Current.CancellationToken))
        {
        }

        var chat = await spans.FindAsync($"chat {DemoGateway.Model}", span => Equals(span.GetTagItem("gen_ai.conversation.id"), session));
        Assert.Equal(default, chat.ParentSpanId);
        Assert.Equal(true, chat.GetTagItem("gen_ai.request.stream"));
        var turn = await AssertReachesTheEngineAsync(spans, chat);
        Assert.Equal(session, turn.GetTagItem("gen_ai.conversation.id"));
    }

    [Fact]
    public async Task Completion_thatIsRefused_saysWhy()
    {
        using var spans = new RecordedSpans();
        using var client = gateway.CreateClient();
        var caller = ActivityTraceId.CreateRandom();
        client.DefaultRequestHeaders.Add("traceparent", $"00-{caller}-{Caller}-01");
        await client.PostAsJsonAsync("v1/chat/completions", new { model = "nobody", messages = new[] { new { role = "user", content = Secret } } });

        var chat = await spans.FindAsync("chat nobody", span => span.TraceId == caller);

        Assert.Equal(ActivityStatusCode.Error, chat.Status);
        Assert.Equal("model_not_found", chat.GetTagItem("error.type"));
    }

    private static async Task<Activity> AssertReachesTheEngineAsync(RecordedSpans spans, Activity chat)
    {
        var turn = await spans.ChildAsync(chat, "turn");
        var generation = await spans.ChildAsync(turn, $"text_completion {DemoGateway.Model}");
        AssertTags(generation, new() { ["gen_ai.usage.output_tokens"] = 4, ["gen_ai.usage.input_tokens"] = chat.GetTagItem("gen_ai.usage.input_tokens") });
        Assert.True((long)generation.GetTagItem("granary.engine.last_step")! >= (long)generation.GetTagItem("granary.engine.first_step")! + 3);
        var (queue, prefill, decode) = (await spans.ChildAsync(generation, "queue"), await spans.ChildAsync(generation, "prefill"), await spans.ChildAsync(generation, "decode"));
        Assert.True(queue.StartTimeUtc <= prefill.StartTimeUtc && prefill.StartTimeUtc < decode.StartTimeUtc && decode.Duration > TimeSpan.Zero);

        // What was said is nobody's business unless the operator says otherwise.
        Assert.All([chat, turn, generation], span => Assert.DoesNotContain(span.TagObjects, tag => tag.Key.Contains("messages", StringComparison.Ordinal) || $"{tag.Value}".Contains(Secret, StringComparison.Ordinal)));
        return turn;
    }

    private static void AssertTags(Activity span, Dictionary<string, object?> expected) => Assert.All(expected, tag => Assert.Equal((tag.Key, tag.Value), (tag.Key, span.GetTagItem(tag.Key))));
}
