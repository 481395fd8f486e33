using Granary.Benchmarks.Grains;

namespace Granary.Benchmarks;

/// <summary>All benchmarks.</summary>
internal static class BenchmarkRegistry
{
    public static IReadOnlyList<IBenchmark> All { get; } = [new GrainsBenchmark()];
}
