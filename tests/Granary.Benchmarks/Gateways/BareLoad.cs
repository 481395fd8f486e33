using System.Diagnostics;
using Granary.Engine;
using Granary.Models;
using Granary.Shards;

namespace Granary.Benchmarks.Gateways;

/// <summary>An engine asked in its own process, without gateway, grains and log.</summary>
internal static class BareLoad
{
    /// <summary>Streams side by side, each with the prompt of a chat.</summary>
    /// <returns>Tokens a second, from the first request to the last token.</returns>
    public static async Task<double> RunAsync(LocalModel model, int streams, int tokens, string text, CancellationToken cancellationToken)
    {
        var request = new Serving.GenerateRequest { RequestId = "", SessionId = "", Messages = [new ChatMessage(ChatRole.User, text)] };
        var began = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, streams).Select(async stream =>
        {
            var prompts = await model.Prompts.EncodeAsync(request, "", cancellationToken);
            var asked = new EngineRequest
            {
                RequestId = $"bare-{stream}",
                Prompt = prompts[0],
                Sampling = new SamplingParameters { Temperature = 0, MaxTokens = tokens, IgnoreEndOfSequence = true, Seed = 1 },
            };
            var count = 0;
            await foreach (var output in model.Engine.GenerateAsync(asked, cancellationToken))
            {
                count += output.Tokens.Length;
            }

            return count;
        }));
        return counts.Sum() / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
