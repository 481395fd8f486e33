using System.Diagnostics;
using Granary.Engine;

namespace Granary.Benchmarks.Batching;

/// <summary>Streams that run side by side, with a long prompt arriving among them or without, and the gaps between their tokens as readers see them.</summary>
internal static class StreamRound
{
    public const int Streams = 8;
    public const int PromptOfStream = 16;

    private const int WarmTokens = 32;

    /// <summary>Runs the streams.</summary>
    /// <param name="bench">The engine, idle.</param>
    /// <param name="tokens">Output of each stream.</param>
    /// <param name="arrivingTokens">Length of the prompt that arrives once all streams run; 0 is none.</param>
    /// <returns>
    /// Milliseconds of each gap: with a prompt, of those during which it was being computed; without, of all from the time when
    /// every stream ran until the first ended.
    /// </returns>
    public static async Task<double[]> RunAsync(BatchingEngine bench, int tokens, int arrivingTokens)
    {
        var warm = new CountdownEvent(Streams);
        var allWarm = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var streams = Enumerable.Range(0, Streams)
            .Select(_ => Task.Run(() => ReadAsync(bench.Engine, bench.Request(PromptOfStream, tokens), OnWarm)))
            .ToArray();
        await allWarm.Task;
        var from = Stopwatch.GetTimestamp();
        var to = long.MaxValue;
        if (arrivingTokens > 0)
        {
            await Task.Run(() => ReadAsync(bench.Engine, bench.Request(arrivingTokens, 1), () => { }));
            to = Stopwatch.GetTimestamp();
        }

        var times = await Task.WhenAll(streams);
        var firstEnd = times.Min(stream => stream[^1]);
        return arrivingTokens > 0 && to > firstEnd
            ? throw new InvalidOperationException("A stream ended before the prompt was computed; the streams must be longer.")
            : [.. times.SelectMany(stream => Gaps(stream, from, Math.Min(to, firstEnd)))];

        void OnWarm()
        {
            if (warm.Signal())
            {
                allWarm.SetResult();
            }
        }
    }

    private static IEnumerable<double> Gaps(long[] times, long from, long to) =>
        times.Zip(times.Skip(1))
            .Where(gap => gap.Second > from && gap.First < to)
            .Select(gap => Stopwatch.GetElapsedTime(gap.First, gap.Second).TotalMilliseconds);

    private static async Task<long[]> ReadAsync(IEngine engine, EngineRequest request, Action onWarm)
    {
        var times = new List<long>(2048);
        await foreach (var output in engine.GenerateAsync(request))
        {
            var now = Stopwatch.GetTimestamp();
            foreach (var _ in output.Tokens)
            {
                times.Add(now);
                if (times.Count == WarmTokens)
                {
                    onWarm();
                }
            }
        }

        return [.. times];
    }
}
