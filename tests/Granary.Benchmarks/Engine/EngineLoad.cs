using System.Diagnostics;
using Granary.Engine;
using Granary.Models;

namespace Granary.Benchmarks.Engine;

/// <summary>Times the whole engine from outside, as a server sees it: requests in, streams of tokens out, everything between included.</summary>
internal static class EngineLoad
{
    /// <summary>Tokens a second while all sequences decode, between the last one's first token and the first one's last: the sum of the rates at which their readers see tokens.</summary>
    /// <param name="engine">The engine, idle.</param>
    /// <param name="prompts">One a sequence, all submitted at once.</param>
    /// <param name="tokens">Length of each output.</param>
    /// <returns>Nothing of use where the first one ended before the last one began: a warm-up may be that short.</returns>
    public static async Task<(double Rate, int[][] Outputs)> DecodeAsync(IEngine engine, int[][] prompts, int tokens)
    {
        var streams = await Task.WhenAll(prompts.Select(prompt => Task.Run(() => ReadAsync(engine, prompt, tokens))));
        var (began, ended) = (streams.Max(stream => stream.Times[0]), streams.Min(stream => stream.Times[^1]));
        return (streams.Sum(stream => Rate(stream.Times, began, ended)), [.. streams.Select(stream => stream.Tokens)]);
    }

    // From token to token of the same stream: a step's tokens are read one after another, and a window that ends with the first of them would have the step's time without the others.
    private static double Rate(List<long> times, long began, long ended)
    {
        var (first, last) = (times.FindIndex(time => time >= began), times.FindLastIndex(time => time <= ended));
        return last > first ? (last - first) / Stopwatch.GetElapsedTime(times[first], times[last]).TotalSeconds : 0;
    }

    /// <summary>Tokens a second of one prompt: its length by the time to the first token.</summary>
    public static async Task<double> PrefillAsync(IEngine engine, int[] prompt)
    {
        var start = Stopwatch.GetTimestamp();
        var (_, times) = await Task.Run(() => ReadAsync(engine, prompt, tokens: 1));
        return prompt.Length / Stopwatch.GetElapsedTime(start, times[0]).TotalSeconds;
    }

    /// <summary>A greedy request that ends at its limit alone.</summary>
    public static EngineRequest Request(int[] prompt, int tokens) => new()
    {
        RequestId = "bench",
        Prompt = prompt,
        Sampling = new SamplingParameters { Temperature = 0, RepetitionPenalty = 1, MaxTokens = tokens, IgnoreEndOfSequence = true },
    };

    private static async Task<(int[] Tokens, List<long> Times)> ReadAsync(IEngine engine, int[] prompt, int tokens)
    {
        var read = new List<int>(tokens);
        var times = new List<long>(tokens);
        await foreach (var output in engine.GenerateAsync(Request(prompt, tokens)))
        {
            var now = Stopwatch.GetTimestamp();
            foreach (var token in output.Tokens)
            {
                read.Add(token);
                times.Add(now);
            }
        }

        return read.Count == tokens ? ([.. read], times) : throw new InvalidOperationException($"An output of {tokens} tokens has {read.Count}.");
    }
}
