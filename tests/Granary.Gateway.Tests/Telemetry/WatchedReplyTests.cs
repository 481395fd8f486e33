using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Granary.Gateway.Telemetry;
using Granary.Gateway.Telemetry.Replies;
using Granary.Models;
using Granary.Serving;
using Granary.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Tests.Telemetry;

public sealed class WatchedReplyTests
{
    [Fact]
    public async Task Reply_whereTheOperatorWantsContents_hasThemOnItsSpan()
    {
        using var spans = new RecordedSpans();
        using var telemetry = new ReplyTelemetry(Options.Create(new TelemetryOptions { MessageContents = true }), TimeProvider.System);
        var reply = telemetry.Begin(null, new ReplyRequest { Id = "watched", Model = "m", Sampling = new(), IsStreamed = true, Messages = [new(ChatRole.User, "A \"question\"")] });

        await foreach (var _ in reply.WatchAsync(AnswerAsync()))
        {
        }

        var span = await spans.FindAsync("chat m", span => Equals(span.GetTagItem("gen_ai.response.id"), "watched"));
        Assert.Equal("""[{"role":"user","parts":[{"type":"text","content":"A \u0022question\u0022"}]}]""", span.GetTagItem("gen_ai.input.messages"));
        Assert.Equal("""[{"role":"assistant","parts":[{"type":"text","content":"An answer"}],"finish_reason":"stop"}]""", span.GetTagItem("gen_ai.output.messages"));
        Assert.Equal((3, 2), (span.GetTagItem("gen_ai.usage.input_tokens"), span.GetTagItem("gen_ai.usage.output_tokens")));
    }

    [Fact]
    public async Task KeptReply_isMeasured_butNotHowFastItsTokensWere()
    {
        using var telemetry = new ReplyTelemetry(Options.Create(new TelemetryOptions()), TimeProvider.System);
        var measured = new ConcurrentBag<string>();
        using var listener = new MeterListener { InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument, tags));
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(instrument, tags));
        listener.Start();
        var request = new ReplyRequest { Model = "m", Sampling = new(), IsStreamed = true, Messages = [] };

        var reply = telemetry.Begin(null, request);
        reply.IsKept();
        await foreach (var _ in reply.WatchAsync(AnswerAsync("kept-model")))
        {
        }

        Assert.Equal(
            ["gen_ai.client.token.usage", "gen_ai.client.token.usage", "gen_ai.server.request.duration", "gen_ai.server.time_to_first_token"],
            measured.Order(StringComparer.Ordinal));

        void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var tag in tags)
            {
                if (tag is { Key: "gen_ai.request.model", Value: "kept-model" })
                    measured.Add(instrument.Name);
            }
        }
    }

    [Fact]
    public async Task Tools_whereTheOperatorWantsContents_areOnTheSpan_withTheirCallsAndResults()
    {
        using var spans = new RecordedSpans();
        using var telemetry = new ReplyTelemetry(Options.Create(new TelemetryOptions { MessageContents = true }), TimeProvider.System);
        var request = new ReplyRequest
        {
            Id = "tools",
            Model = "m",
            Sampling = new(),
            IsStreamed = false,
            Tools = [new ToolDefinition("weather", "Tells it.", """{"type":"object"}""")],
            Messages =
            [
                new(ChatRole.Assistant, "") { ToolCalls = [new ToolCall("call_1", "weather", """{"city":"Bern"}""")] },
                new(ChatRole.Tool, "rainy") { ToolCallId = "call_1" },
            ],
        };

        await foreach (var _ in telemetry.Begin(null, request).WatchAsync(CallAsync()))
        {
        }

        var span = await spans.FindAsync("chat m", span => Equals(span.GetTagItem("gen_ai.response.id"), "tools"));
        Assert.Equal("""[{"type":"function","name":"weather","description":"Tells it.","parameters":{"type":"object"}}]""", span.GetTagItem("gen_ai.tool.definitions"));
        Assert.Equal(
            """[{"role":"assistant","parts":[{"type":"tool_call","id":"call_1","name":"weather","arguments":{"city":"Bern"}}]},{"role":"tool","parts":[{"type":"tool_call_response","id":"call_1","response":"rainy"}]}]""",
            span.GetTagItem("gen_ai.input.messages"));
        Assert.Equal("""[{"role":"assistant","parts":[{"type":"tool_call","id":"call_2","name":"weather","arguments":"{"}],"finish_reason":"tool_calls"}]""", span.GetTagItem("gen_ai.output.messages"));
    }

    [Fact]
    public async Task Reply_overAConnection_hasItsAddress_andItsCallersTrace()
    {
        using var spans = new RecordedSpans();
        using var telemetry = new ReplyTelemetry(Options.Create(new TelemetryOptions()), TimeProvider.System);
        var trace = ActivityTraceId.CreateRandom();
        var http = new DefaultHttpContext { Request = { Scheme = "https", Host = new HostString("granary.example"), Headers = { TraceParent = $"00-{trace}-00f067aa0ba902b7-01" } } };
        var request = new ReplyRequest { Model = "m", Sampling = new(), IsStreamed = true, Messages = [] };

        telemetry.Begin(http, request).Dispose();

        var span = await spans.FindAsync("chat m", span => span.TraceId == trace);
        Assert.Equal(("granary.example", 443), (span.GetTagItem("server.address"), span.GetTagItem("server.port")));
    }

    private static async IAsyncEnumerable<TurnEvent> CallAsync()
    {
        await Task.Yield();
        var frame = new TokenFrame { FirstIndex = 0, Tokens = [1], Text = "", ToolCalls = [new ToolCall("call_2", "weather", "{")], FinishReason = FinishReason.ToolCalls, Usage = new TokenUsage(3, 0, 1) };
        yield return new TurnEvent { SessionId = "s", Turn = 0, Frame = frame };
    }

    private static async IAsyncEnumerable<TurnEvent> AnswerAsync(string model = "m")
    {
        yield return new TurnEvent { SessionId = "s", Turn = 0, Model = model };
        yield return new TurnEvent { SessionId = "s", Turn = 0, Frame = new TokenFrame { FirstIndex = 0, Tokens = [1], Text = "An " } };
        await Task.Yield();
        yield return new TurnEvent { SessionId = "s", Turn = 0, Frame = new TokenFrame { FirstIndex = 1, Tokens = [2], Text = "answer", FinishReason = FinishReason.Stop, Usage = new TokenUsage(3, 0, 2) } };
    }
}
