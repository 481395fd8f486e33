using Granary.Benchmarks.Reporting;
using Granary.Conformance.Support;

namespace Granary.Benchmarks.Caching;

/// <summary>
/// What the response cache is good for: requests of a Zipf distribution through a whole gateway, one at a time, with memory for all answers, for a tenth of them, and for a tenth with
/// Redis behind. The floor is an endpoint of the same server that sends the same bytes.
/// </summary>
internal sealed class CacheBenchmark : IBenchmark
{
    private const double S = 1.1;
    private const double MinHitRate = 85;
    private const double MaxMicroseconds = 1_000;
    private const long Plenty = 1L << 30;
    private const int BytesAnAnswer = 1_000; // about, as it is kept

    public string Name => "cache";

    public async Task RunAsync(BenchmarkContext context)
    {
        var (prompts, requests) = context.Quick ? (1_000, 10_000) : (5_000, 50_000);
        context.Note("workload", $"{requests} requests of {prompts} prompts, Zipf with s = {S}; 64 tokens an answer");
        await using (var gateway = await CacheGateway.StartAsync(Plenty, null, context.CancellationToken))
        {
            var all = await LoadAsync(gateway, prompts, requests, context.CancellationToken);
            context.Add("hit rate", all.HitRate, "%");
            context.Add("hit: p50", all.HitP50, "µs");
            context.Add("hit: p99", all.HitP99, "µs");
            context.Add("miss on a null engine: p50", all.MissP50, "µs");
            context.Add("floor: the same bytes, p50", await FloorAsync(gateway, context.CancellationToken), "µs");
        }

        await using (var gateway = await CacheGateway.StartAsync((long)prompts * BytesAnAnswer / 10, null, context.CancellationToken))
        {
            context.Add("hit rate, memory for a tenth", (await LoadAsync(gateway, prompts, requests, context.CancellationToken)).HitRate, "%");
        }

        await using var redis = new RedisProcess();
        await using (var gateway = await CacheGateway.StartAsync((long)prompts * BytesAnAnswer / 10, await redis.StartAsync(), context.CancellationToken))
        {
            var shared = await LoadAsync(gateway, prompts, requests, context.CancellationToken);
            context.Add("hit rate, memory for a tenth and Redis", shared.HitRate, "%");
            context.Add("hit, memory for a tenth and Redis: p99", shared.HitP99, "µs");
        }
    }

    public Report Judge(Report report, Report? other) => report with
    {
        Bars =
        [
            Bar.AtLeast("hit rate", report["hit rate"]!.Value, MinHitRate, "%"),
            Bar.AtMost("hit: p50", report["hit: p50"]!.Value, MaxMicroseconds, "µs"),
            Bar.AtMost("hit: p99", report["hit: p99"]!.Value, MaxMicroseconds, "µs"),
        ],
    };

    private static async Task<Load> LoadAsync(CacheGateway gateway, int prompts, int requests, CancellationToken cancellationToken)
    {
        for (var warm = 0; warm < 500; warm++)
        {
            gateway.Floor = (await gateway.AskAsync(-1 - (warm % 2), cancellationToken)).Body; // compiles what is measured; nobody else asks for these
        }

        var (zipf, hits, misses) = (new Zipf(prompts, S, seed: 1), new List<double>(), new List<double>());
        for (var request = 0; request < requests; request++)
        {
            var (isHit, microseconds, _) = await gateway.AskAsync(zipf.Next(), cancellationToken);
            (isHit ? hits : misses).Add(microseconds);
        }

        hits.Sort();
        return new Load(100.0 * hits.Count / requests, hits[hits.Count / 2], hits[(int)(hits.Count * 0.99)], BenchmarkContext.Median(misses));
    }

    private static async Task<double> FloorAsync(CacheGateway gateway, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        for (var request = 0; request < 2_000; request++)
        {
            times.Add(await gateway.AskFloorAsync(cancellationToken));
        }

        return BenchmarkContext.Median(times);
    }

    private readonly record struct Load(double HitRate, double HitP50, double HitP99, double MissP50);
}
