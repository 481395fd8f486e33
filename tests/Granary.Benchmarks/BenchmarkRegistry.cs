using Granary.Benchmarks.Batching;
using Granary.Benchmarks.Caching;
using Granary.Benchmarks.Drain;
using Granary.Benchmarks.Engine;
using Granary.Benchmarks.Experts;
using Granary.Benchmarks.Failover;
using Granary.Benchmarks.Fairness;
using Granary.Benchmarks.Gateways;
using Granary.Benchmarks.Gpu;
using Granary.Benchmarks.Grains;
using Granary.Benchmarks.Grammar;
using Granary.Benchmarks.Kv;
using Granary.Benchmarks.Quotas;
using Granary.Benchmarks.Routing;
using Granary.Benchmarks.Shards;
using Granary.Benchmarks.TokenLogs;
using Granary.Benchmarks.Tokenization;
using Granary.Benchmarks.Weights;

namespace Granary.Benchmarks;

/// <summary>All benchmarks.</summary>
internal static class BenchmarkRegistry
{
    public static IReadOnlyList<IBenchmark> All { get; } =
    [
        new GrainsBenchmark(),
        new TokenizerBenchmark(),
        new BatchingBenchmark(),
        new EngineBenchmark(),
        new GrammarBenchmark(),
        new KvBenchmark(),
        new WeightsBenchmark(),
        new FailoverBenchmark(),
        new DrainBenchmark(),
        new GpuBenchmark(),
        new TokenLogBenchmark(),
        new QuotasBenchmark(),
        new CacheBenchmark(),
        new RoutingBenchmark(),
        new ShardsBenchmark(),
        new ExpertsBenchmark(),
        new GatewayBenchmark(),
        new FairnessBenchmark(),
    ];
}
