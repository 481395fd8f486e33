using System.Runtime.CompilerServices;
using Granary.Engine;
using Granary.Models;
using Granary.Models.ToolCalls;
using Granary.Serving;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Shards;

/// <summary>
/// One output of a request: the engine's, as frames, with function calls taken out of the text. Of an output that goes on, what it had is read again for the sake of
/// calls that it had begun, and not given again: the first frame is behind it.
/// </summary>
/// <param name="engine">Generates.</param>
/// <param name="choice">Which output.</param>
/// <param name="request">What the engine is asked.</param>
/// <param name="calls">Finds function calls; <see langword="null"/> where there are no tools.</param>
/// <param name="maxCalls">Calls beyond this are dropped.</param>
/// <param name="exported">The output's exported form, where it is to be taken over from another engine; the request then has what is known of it.</param>
/// <param name="logger">Is told why it was not.</param>
internal sealed class ChoiceStream(
    IEngine engine, int choice, EngineRequest request, IToolCallParser? calls, int maxCalls, IAsyncEnumerable<byte[]>? exported = null, ILogger? logger = null)
{
    private int _calls; // that have begun
    private int _completed;

    /// <summary>The prompt, where it comes before the output's own text, in the frame of its first token.</summary>
    public PromptEcho? Echo { get; init; }

    /// <summary>All frames; can be read once.</summary>
    public async IAsyncEnumerable<TokenFrame> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isKnown = request.Output is not null;
        var outputs = exported is null ? engine.GenerateAsync(request, cancellationToken) : new Takeover(engine, logger ?? NullLogger.Instance).ReadAsync(request, exported, cancellationToken);
        await foreach (var output in outputs.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var frame = new TokenFrame
            {
                Choice = choice,
                FirstIndex = output.FirstIndex,
                Tokens = output.Tokens,
                Text = output.Text,
                FinishReason = output.FinishReason,
                Usage = output.Usage,
                LogProbs = output.LogProbs,
                PromptLogProbs = output.PromptLogProbs,
            };
            frame = calls is null ? frame : Parse(frame, calls);
            if (!isKnown)
            {
                yield return Echo is not null && Begins(frame) ? Echo.AddTo(frame) : frame;
            }
            else if (frame.FinishReason is not null)
            {
                yield return frame with { FirstIndex = frame.Tokens.Length, Tokens = [], Text = "", ToolCalls = null };
            }

            isKnown = false;
        }
    }

    // One without tokens may only say that the output moves, and begins elsewhere.
    private static bool Begins(TokenFrame frame) => frame.FirstIndex == 0 && (frame.Tokens.Length > 0 || frame.FinishReason is not (null or FinishReason.Moved));

    private TokenFrame Parse(TokenFrame frame, IToolCallParser parser)
    {
        var parsed = parser.Append(frame.Text);
        if (frame.FinishReason is not null and not FinishReason.Moved)
        {
            var last = parser.Flush();
            parsed = new ToolCallText(parsed.Content + last.Content, [.. parsed.Calls, .. last.Calls]) { Completed = parsed.Completed + last.Completed };
        }

        ToolCall[] taken = [.. parsed.Calls.TakeWhile(call => (_calls += call.Id.Length > 0 ? 1 : 0) <= maxCalls)];
        _completed += parsed.Completed;
        return frame with
        {
            Text = parsed.Content,
            ToolCalls = taken.Length == 0 ? null : taken,
            FinishReason = frame.FinishReason == FinishReason.Stop && _completed > 0 ? FinishReason.ToolCalls : frame.FinishReason,
        };
    }
}
