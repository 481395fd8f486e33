using System.Numerics;

namespace Granary.Shards;

/// <summary>How long answers of one silo's experts usually take: the last of them, by the size of the batch in powers of two. From any thread.</summary>
internal sealed class CallTimes
{
    private const int Kept = 32;
    private const int Sizes = 16;

    private readonly Lock _lock = new();
    private readonly Queue<double>[] _seconds = [.. Enumerable.Range(0, Sizes).Select(_ => new Queue<double>(Kept))];

    public void Add(int tokens, TimeSpan took)
    {
        lock (_lock)
        {
            var times = _seconds[SizeOf(tokens)];
            if (times.Count == Kept)
            {
                times.Dequeue();
            }

            times.Enqueue(took.TotalSeconds);
        }
    }

    /// <summary>The median; <see langword="null"/> where too few are known to say.</summary>
    public TimeSpan? Usual(int tokens)
    {
        lock (_lock)
        {
            var times = _seconds[SizeOf(tokens)];
            return times.Count < Kept / 4 ? null : TimeSpan.FromSeconds(times.Order().ElementAt(times.Count / 2));
        }
    }

    private static int SizeOf(int tokens) => Math.Min(BitOperations.Log2((uint)Math.Max(1, tokens)), Sizes - 1);
}
