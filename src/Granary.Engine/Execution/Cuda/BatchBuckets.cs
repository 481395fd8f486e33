namespace Granary.Engine.Execution.Cuda;

/// <summary>
/// The batch sizes for which a decode is captured as a CUDA graph; a batch runs in the next larger one. Finer steps would
/// waste fewer rows but take more graphs, each of which costs a warm-up.
/// </summary>
internal static class BatchBuckets
{
    private static readonly int[] Small = [1, 2, 4, 8, 16, 24, 32, 48, 64];
    private const int Step = 32; // above the small ones

    /// <summary>The buckets of a class of slots, rising; the last one has all its slots.</summary>
    public static int[] Of(int slots)
    {
        IEnumerable<int> large = Enumerable.Range(1, Math.Max(0, (slots - Small[^1]) / Step)).Select(step => Small[^1] + (step * Step));
        return [.. Small.Concat(large).Where(rows => rows < slots), slots];
    }

    /// <summary>Index of the smallest bucket that holds a batch.</summary>
    public static int IndexFor(ReadOnlySpan<int> buckets, int rows)
    {
        int index = buckets.BinarySearch(rows);
        return index >= 0 ? index : ~index;
    }
}
