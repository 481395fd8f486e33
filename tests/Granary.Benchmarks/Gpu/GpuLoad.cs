using System.Diagnostics;
using Granary.Engine;
using Granary.Models;

namespace Granary.Benchmarks.Gpu;

/// <summary>Requests to a whole engine.</summary>
internal static class GpuLoad
{
    /// <summary>The greedy continuation of a prompt, of exactly this length.</summary>
    public static async Task<int[]> GenerateAsync(IEngine engine, int[] prompt, int tokens) => (await TimeAsync(engine, prompt, tokens)).Tokens;

    /// <summary>The same, with the time at which each token came.</summary>
    public static async Task<(int[] Tokens, long[] Times)> TimeAsync(IEngine engine, int[] prompt, int tokens)
    {
        var request = new EngineRequest
        {
            RequestId = "gpu",
            Prompt = prompt,
            Sampling = new SamplingParameters { Temperature = 0, RepetitionPenalty = 1, MaxTokens = tokens, IgnoreEndOfSequence = true },
        };
        var read = new List<int>(tokens);
        var times = new List<long>(tokens);
        await foreach (var output in engine.GenerateAsync(request))
        {
            var now = Stopwatch.GetTimestamp();
            foreach (var token in output.Tokens)
            {
                read.Add(token);
                times.Add(now);
            }
        }

        return read.Count == tokens ? ([.. read], [.. times]) : throw new InvalidOperationException($"An output of {tokens} tokens has {read.Count}.");
    }

    /// <summary>Random prompts of one length.</summary>
    public static int[][] Prompts(int count, int tokens, int vocabulary)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, tokens).Select(_ => random.Next(300, vocabulary)).ToArray())];
    }

    /// <summary>Median milliseconds from token to token of a stream while all of a batch decode: from the last one's first token until the first one's last.</summary>
    public static async Task<double> StepMillisecondsAsync(IEngine engine, int batch, int promptTokens, int tokens)
    {
        var prompts = Prompts(batch, promptTokens, engine.Manifest.VocabularySize);
        var streams = await Task.WhenAll(prompts.Select(prompt => Task.Run(() => TimeAsync(engine, prompt, tokens))));
        var from = streams.Max(stream => stream.Times[0]);
        var to = streams.Min(stream => stream.Times[^1]);
        long[] times = [.. streams[0].Times.Where(time => time > from && time <= to)];
        return BenchmarkContext.Median(times.Zip(times.Skip(1), (before, after) => Stopwatch.GetElapsedTime(before, after).TotalMilliseconds));
    }
}
