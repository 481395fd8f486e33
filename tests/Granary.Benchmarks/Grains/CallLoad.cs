using System.Diagnostics;

namespace Granary.Benchmarks.Grains;

/// <summary>Many callers, each of which calls a grain of its own again and again.</summary>
internal static class CallLoad
{
    public sealed record Result(double CallsPerSecond, double P50Milliseconds, double P99Milliseconds);

    public static async Task<Result> RunAsync(IReadOnlyList<IBenchGrain> grains, int payloadBytes, TimeSpan time)
    {
        var payload = new byte[payloadBytes];
        var start = Stopwatch.GetTimestamp();
        var end = start + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var callers = await Task.WhenAll(grains.Select(grain => Task.Run(() => CallAsync(grain, payload, end))));
        var elapsed = Stopwatch.GetElapsedTime(start);

        var latencies = callers.SelectMany(list => list).ToArray();
        Array.Sort(latencies);
        return new(latencies.Length / elapsed.TotalSeconds, Quantile(latencies, 0.50), Quantile(latencies, 0.99));
    }

    private static async Task<List<long>> CallAsync(IBenchGrain grain, byte[] payload, long end)
    {
        var latencies = new List<long>(1 << 16);
        for (var before = Stopwatch.GetTimestamp(); before < end;)
        {
            await grain.EchoAsync(payload);
            var after = Stopwatch.GetTimestamp();
            latencies.Add(after - before);
            before = after;
        }

        return latencies;
    }

    private static double Quantile(long[] sorted, double quantile) =>
        sorted[(int)(quantile * (sorted.Length - 1))] * 1000.0 / Stopwatch.Frequency;
}
