using Granary.Gateway.Telemetry;
using Granary.Gateway.Telemetry.Replies;
using Granary.Models;
using Granary.Serving;
using Granary.Sessions;
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

    private static async IAsyncEnumerable<TurnEvent> AnswerAsync()
    {
        yield return new TurnEvent { SessionId = "s", Turn = 0, Model = "m" };
        yield return new TurnEvent { SessionId = "s", Turn = 0, Frame = new TokenFrame { FirstIndex = 0, Tokens = [1], Text = "An " } };
        await Task.Yield();
        yield return new TurnEvent { SessionId = "s", Turn = 0, Frame = new TokenFrame { FirstIndex = 1, Tokens = [2], Text = "answer", FinishReason = FinishReason.Stop, Usage = new TokenUsage(3, 0, 2) } };
    }
}
