using System.Diagnostics;
using Granary.Benchmarks.Reporting;

namespace Granary.Benchmarks.Grains;

/// <summary>Grain calls, streams, activations and failover of the grain engine that this was built with, between processes on loopback.</summary>
internal sealed class GrainsBenchmark : IBenchmark
{
    private const int PayloadBytes = 100;
    private const string Failover = "kill -9, last grain answers elsewhere";

    private static readonly int[] Concurrencies = [1, 16, 64, 256];

    public string Name => "grains";

    public async Task RunAsync(BenchmarkContext context)
    {
        context.Say("Starting PostgreSQL and three silos");
        await using var cluster = await BenchCluster.StartAsync(1, context.CancellationToken);
        var other = await cluster.AddAsync(context.CancellationToken);
        await MeasureCallsAsync(context, cluster, "local", cluster.Here);
        await MeasureCallsAsync(context, cluster, "cross-silo", other.Address);
        await MeasureStreamsAsync(context, cluster, other.Address);
        await MeasureActivationsAsync(context, cluster);
        await MeasureFailoverAsync(context, cluster, other);
    }

    public Report Judge(Report report, Report? other)
    {
        List<Bar> bars = [];
        if (report[Failover] is { } seconds)
        {
            bars.Add(Bar.AtMost(Failover, seconds, 3, "s"));
        }

        if (other is not null && other.Versions.IsEmbedded != report.Versions.IsEmbedded)
        {
            var (embedded, real) = report.Versions.IsEmbedded ? (report, other) : (other, report);
            foreach (var rate in report.Figures.Where(figure => figure.Unit == "calls/s").Select(figure => figure.Name))
            {
                if (embedded[rate] is { } ours && real[rate] is > 0 and { } theirs)
                {
                    bars.Add(Bar.AtLeast($"{rate} of Orleans'", ours / theirs, 0.5, "×"));
                }
            }
        }

        return report with { Bars = bars };
    }

    private static async Task MeasureCallsAsync(BenchmarkContext context, BenchCluster cluster, string kind, SiloAddress silo)
    {
        context.Say($"Calls of {PayloadBytes} bytes, {kind}");
        var (warmUp, time) = context.Quick ? (TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1.5)) : (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4));
        foreach (var concurrency in Concurrencies)
        {
            var grains = await cluster.PlaceAsync(silo, concurrency, context.CancellationToken);
            await CallLoad.RunAsync(grains, PayloadBytes, warmUp);
            var results = new List<CallLoad.Result>();
            for (var run = 0; run < context.Runs; run++)
            {
                results.Add(await CallLoad.RunAsync(grains, PayloadBytes, time));
            }

            var name = concurrency == 1 ? $"{kind}, 1 caller" : $"{kind}, {concurrency} callers";
            context.Add(name, BenchmarkContext.Median(results.Select(result => result.CallsPerSecond)), "calls/s");
            context.Add($"{name}, p50", BenchmarkContext.Median(results.Select(result => result.P50Milliseconds)), "ms");
            context.Add($"{name}, p99", BenchmarkContext.Median(results.Select(result => result.P99Milliseconds)), "ms");
        }
    }

    private static async Task MeasureStreamsAsync(BenchmarkContext context, BenchCluster cluster, SiloAddress silo)
    {
        foreach (var streams in new[] { 1, 16 })
        {
            context.Say($"{streams} streams, cross-silo");
            var grains = await cluster.PlaceAsync(silo, streams, context.CancellationToken);
            var items = (context.Quick ? 100_000 : 400_000) / (streams == 1 ? 2 : streams);
            await ReadAsync(grains, items / 10);
            var rates = new List<double>();
            for (var run = 0; run < context.Runs; run++)
            {
                var start = Stopwatch.GetTimestamp();
                await ReadAsync(grains, items);
                rates.Add(items * streams / Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            context.Add(streams == 1 ? "1 stream" : $"{streams} streams", BenchmarkContext.Median(rates), "items/s");
        }

        static Task ReadAsync(IEnumerable<IBenchGrain> grains, int items) => Task.WhenAll(grains.Select(grain => Task.Run(async () =>
        {
            var read = 0;
            await foreach (var item in grain.StreamAsync(items))
            {
                read++;
            }

            if (read != items)
            {
                throw new InvalidOperationException($"A stream of {items} items gave {read}.");
            }
        })));
    }

    private static async Task MeasureActivationsAsync(BenchmarkContext context, BenchCluster cluster)
    {
        var count = context.Quick ? 20_000 : 100_000;
        context.Say($"{count} activations over the cluster");
        var start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = 256, CancellationToken = context.CancellationToken },
            async (_, _) => await cluster.NewGrain().WhereAsync());
        var elapsed = Stopwatch.GetElapsedTime(start);
        context.Add("activations", count / elapsed.TotalSeconds, "grains/s");
        context.Add("activation of 100k grains", elapsed.TotalSeconds * 100_000 / count, "s");
    }

    private static async Task MeasureFailoverAsync(BenchmarkContext context, BenchCluster cluster, SiloProcess victim)
    {
        var seconds = new List<double>();
        for (var run = 0; run < context.Runs; run++)
        {
            context.Say("kill -9 of a silo");
            if (run > 0)
            {
                victim = await cluster.AddAsync(context.CancellationToken);
            }

            var grains = await cluster.PlaceAsync(victim.Address, 50, context.CancellationToken);
            var start = Stopwatch.GetTimestamp();
            victim.Kill();
            await Task.WhenAll(grains.Select(grain => AnswerAsync(grain, victim.Address, context.CancellationToken)));
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        context.Add(Failover, BenchmarkContext.Median(seconds), "s");
    }

    private static async Task AnswerAsync(IBenchGrain grain, SiloAddress dead, CancellationToken cancellationToken)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            try
            {
                // Right after the kill the caller's own silo may still answer from what it has in flight.
                if (!dead.Equals(await grain.WhereAsync()))
                {
                    return;
                }
            }
            catch (Exception error) when (error is OrleansException or TimeoutException)
            {
            }

            await pause.WaitForNextTickAsync(cancellationToken);
        }
    }
}
