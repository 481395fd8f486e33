using System.Runtime.CompilerServices;
using Granary.Engine;
using Granary.Models;
using Granary.Models.ToolCalls;
using Granary.Serving;

namespace Granary.Shards;

/// <summary>One output of a request: the engine's, as frames, with function calls taken out of the text.</summary>
/// <param name="engine">Generates.</param>
/// <param name="choice">Which output.</param>
/// <param name="request">What the engine is asked.</param>
/// <param name="calls">Finds function calls; <see langword="null"/> where there are no tools.</param>
/// <param name="maxCalls">Calls beyond this are dropped.</param>
internal sealed class ChoiceStream(IEngine engine, int choice, EngineRequest request, IToolCallParser? calls, int maxCalls)
{
    private int _calls;

    /// <summary>All frames; can be read once.</summary>
    public async IAsyncEnumerable<TokenFrame> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var output in engine.GenerateAsync(request, cancellationToken))
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
            };
            yield return calls is null ? frame : Parse(frame, calls);
        }
    }

    private TokenFrame Parse(TokenFrame frame, IToolCallParser parser)
    {
        var (content, complete) = parser.Append(frame.Text);
        if (frame.FinishReason is not null)
        {
            var (rest, last) = parser.Flush();
            content += rest;
            complete = [.. complete, .. last];
        }

        var taken = complete.Take(maxCalls - _calls).ToArray();
        _calls += taken.Length;
        return frame with
        {
            Text = content,
            ToolCalls = taken.Length == 0 ? null : taken,
            FinishReason = frame.FinishReason == FinishReason.Stop && _calls > 0 ? FinishReason.ToolCalls : frame.FinishReason,
        };
    }
}
