using System.Diagnostics;
using Granary.Benchmarks.Reporting;
using Granary.Conformance.Support;
using Granary.Serving;
using Granary.TokenLog;
using Granary.TokenLog.Frames;

namespace Granary.Benchmarks.TokenLogs;

/// <summary>What it costs that a token is in the log before it is shown, by store and mode: CPU of the silo beyond a log that does nothing, and time until it may be shown.</summary>
internal sealed class TokenLogBenchmark : IBenchmark
{
    private const double MaxCpuMicroseconds = 50;
    private const double MaxLatencyMilliseconds = 10;

    private static readonly (string Name, Func<Task<LogTarget>> Start, TokenLogMode[] Modes)[] Targets =
    [
        ("sqlite", LogTarget.SqliteAsync, [TokenLogMode.Committed, TokenLogMode.Async]),
        ("redis", () => LogTarget.RedisAsync(withReplica: false), [TokenLogMode.Committed, TokenLogMode.Async]),
        ("redis", () => LogTarget.RedisAsync(withReplica: true), [TokenLogMode.Replicated]),
        ("postgresql", () => LogTarget.PostgresAsync(withStandby: false), [TokenLogMode.Committed, TokenLogMode.Async]),
        ("postgresql", () => LogTarget.PostgresAsync(withStandby: true), [TokenLogMode.Replicated]),
    ];

    public string Name => "tokenlog";

    public async Task RunAsync(BenchmarkContext context)
    {
        MeasureFrames(context);
        MeasureDisk(context);
        context.Say("No log");
        var none = await MeasureAsync(context, new NullLog());
        context.Add("no log: CPU", none.Cpu, "µs/token");
        context.Add("no log: p50", none.P50, "ms");
        context.Add("no log: p99", none.P99, "ms");
        foreach (var (name, start, modes) in Targets)
        {
            if (!context.Wants(name))
            {
                continue;
            }

            context.Say($"Starting {name}");
            await using var target = await start();
            foreach (var mode in modes)
            {
                var what = $"{name} {mode.ToString().ToLowerInvariant()}";
                context.Say(what);
                await using var log = target.Open(mode);
                var result = await MeasureAsync(context, log.Value);
                context.Add($"{what}: CPU", result.Cpu - none.Cpu, "µs/token");
                context.Add($"{what}: p50", result.P50 - none.P50, "ms");
                context.Add($"{what}: p99", result.P99 - none.P50, "ms"); // beyond the median of no log: its tail is the machine's
            }
        }
    }

    public Report Judge(Report report, Report? other)
    {
        IEnumerable<Bar> Bars(string suffix, double most) => report.Figures
            .Where(figure => figure.Name.EndsWith(suffix, StringComparison.Ordinal) && !figure.Name.StartsWith("no log", StringComparison.Ordinal) && !figure.Name.StartsWith("a flush", StringComparison.Ordinal))
            .Select(figure => Bar.AtMost(figure.Name, figure.Value, most, figure.Unit));
        return report with { Bars = [.. Bars(": CPU", MaxCpuMicroseconds), .. Bars(": p50", MaxLatencyMilliseconds), .. Bars(": p99", MaxLatencyMilliseconds)] };
    }

    private static async Task<LogLoadResult> MeasureAsync(BenchmarkContext context, ITokenLog log)
    {
        var (warmUp, time) = context.Quick ? (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4)) : (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(6));
        await LogLoad.RunAsync(log, warmUp, context.CancellationToken);
        var results = new List<LogLoadResult>();
        for (var run = 0; run < context.Runs; run++)
        {
            results.Add(await LogLoad.RunAsync(log, time, context.CancellationToken));
        }

        return new LogLoadResult(
            BenchmarkContext.Median(results.Select(result => result.Cpu)),
            BenchmarkContext.Median(results.Select(result => result.P50)),
            BenchmarkContext.Median(results.Select(result => result.P99)));
    }

    /// <summary>What a commit cannot be quicker than: a flush of the disk that the stores are on.</summary>
    private static void MeasureDisk(BenchmarkContext context)
    {
        using var folder = new TemporaryFolder();
        using var file = new FileStream(folder.Combine("flushed"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        var times = new double[200];
        for (var i = 0; i < times.Length; i++)
        {
            file.Write(new byte[512]);
            var began = Stopwatch.GetTimestamp();
            file.Flush(flushToDisk: true);
            times[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }

        Array.Sort(times);
        context.Add("a flush of this disk: p50", times[times.Length / 2], "ms");
        context.Add("a flush of this disk: p99", times[times.Length * 99 / 100], "ms");
    }

    private static void MeasureFrames(BenchmarkContext context)
    {
        const int count = 2_000_000;
        var frame = new TokenFrame { FirstIndex = 300, Tokens = [4711], Text = " word" };
        var record = FrameCodec.Encode(frame);
        context.Add("a token's record", record.Length, "bytes");
        context.Add("encode", Nanoseconds(() => FrameCodec.Encode(frame)), "ns/token");
        context.Add("decode", Nanoseconds(() => FrameCodec.DecodeAll(record)), "ns/token");

        static double Nanoseconds(Action action)
        {
            for (var i = 0; i < count / 10; i++)
            {
                action();
            }

            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < count; i++)
            {
                action();
            }

            return Stopwatch.GetElapsedTime(began).TotalNanoseconds / count;
        }
    }
}
