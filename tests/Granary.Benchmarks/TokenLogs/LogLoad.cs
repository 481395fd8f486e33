using System.Diagnostics;
using System.Threading.Channels;
using Granary.Serving;
using Granary.TokenLog;

namespace Granary.Benchmarks.TokenLogs;

/// <summary>32 streams of one engine at 50 tokens/s each: every 20 ms a step ends, and all streams append a token and wait until it may be shown.</summary>
internal static class LogLoad
{
    public const int Streams = 32;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs for a time, and then until all is appended.</summary>
    public static async Task<LogLoadResult> RunAsync(ITokenLog log, TimeSpan time, CancellationToken cancellationToken)
    {
        var run = Guid.NewGuid().ToString("N");
        var leases = await Task.WhenAll(Enumerable.Range(0, Streams).Select(async i => (await log.OpenAsync(new TurnKey($"session/{run}{i}", 0), null, cancellationToken)).Lease));
        var steps = leases.Select(_ => Channel.CreateUnbounded<long>()).ToArray();
        using var process = Process.GetCurrentProcess();
        var (cpu, began) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        var streams = leases.Select((lease, i) => AppendAsync(log, lease, steps[i].Reader, cancellationToken)).ToArray();
        using (var timer = new PeriodicTimer(Step))
        {
            while (Stopwatch.GetElapsedTime(began) < time && await timer.WaitForNextTickAsync(cancellationToken))
            {
                var now = Stopwatch.GetTimestamp();
                foreach (var step in steps)
                {
                    step.Writer.TryWrite(now);
                }
            }
        }

        foreach (var step in steps)
        {
            step.Writer.Complete();
        }

        double[] latencies = [.. (await Task.WhenAll(streams)).SelectMany(latency => latency).Order()];
        process.Refresh();
        var used = process.TotalProcessorTime - cpu;
        foreach (var lease in leases)
        {
            await log.CloseAsync(lease, null, cancellationToken);
        }

        return new LogLoadResult(used.TotalMicroseconds / latencies.Length, latencies[latencies.Length / 2], latencies[latencies.Length * 99 / 100]);
    }

    private static async Task<List<double>> AppendAsync(ITokenLog log, TurnLease lease, ChannelReader<long> steps, CancellationToken cancellationToken)
    {
        var latencies = new List<double>();
        await foreach (var ended in steps.ReadAllAsync(cancellationToken))
        {
            var i = latencies.Count;
            await log.AppendAsync(lease, i, new TokenFrame { FirstIndex = i, Tokens = [1000 + i], Text = " word" }, cancellationToken);
            latencies.Add(Stopwatch.GetElapsedTime(ended).TotalMilliseconds);
        }

        return latencies;
    }
}
