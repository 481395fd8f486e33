using System.Runtime.InteropServices;

namespace Granary.Models.Tokenization.Bpe;

/// <summary>Merges symbols in order of rank, leftmost first, in O(n log n).</summary>
internal sealed class BpeMerges(Dictionary<long, BpeMerges.Merge> merges)
{
    /// <summary>Up to here scanning an array beats a heap.</summary>
    private const int SmallWord = 24;

    /// <param name="Rank">The earlier in the list, the stronger.</param>
    /// <param name="Token">What the pair becomes.</param>
    internal readonly record struct Merge(int Rank, int Token);

    public static long Key(int left, int right) => ((long)left << 32) | (uint)right;

    /// <summary>Merges in place; the result is what is left in the list.</summary>
    public void Apply(List<int> symbols)
    {
        if (symbols.Count < 2)
        {
            return;
        }

        if (symbols.Count <= SmallWord)
        {
            ApplySmall(symbols);
        }
        else
        {
            ApplyLarge(symbols);
        }
    }

    private void ApplySmall(List<int> symbols)
    {
        Span<Merge> pairs = stackalloc Merge[SmallWord];
        var span = CollectionsMarshal.AsSpan(symbols);
        var count = span.Length;
        for (var i = 0; i + 1 < count; i++)
        {
            pairs[i] = Find(span[i], span[i + 1]);
        }

        while (count > 1)
        {
            var best = 0;
            for (var i = 1; i + 1 < count; i++)
            {
                best = pairs[i].Rank < pairs[best].Rank ? i : best;
            }

            if (pairs[best].Rank == int.MaxValue)
            {
                break;
            }

            span[best] = pairs[best].Token;
            span[(best + 2)..count].CopyTo(span[(best + 1)..]);
            if (best + 2 < count)
            {
                pairs[(best + 2)..(count - 1)].CopyTo(pairs[(best + 1)..]);
            }

            count--;
            if (best > 0)
            {
                pairs[best - 1] = Find(span[best - 1], span[best]);
            }

            if (best + 1 < count)
            {
                pairs[best] = Find(span[best], span[best + 1]);
            }
        }

        symbols.RemoveRange(count, symbols.Count - count);
    }

    private void ApplyLarge(List<int> symbols)
    {
        var token = symbols.ToArray();
        var next = new int[token.Length];
        var previous = new int[token.Length];
        var start = new List<((int At, int Token) Pair, long Priority)>(token.Length);
        for (var i = 0; i < token.Length; i++)
        {
            next[i] = i + 1 < token.Length ? i + 1 : -1;
            previous[i] = i - 1;
            if (i + 1 < token.Length && Find(token[i], token[i + 1]) is { Rank: < int.MaxValue } merge)
            {
                start.Add(((i, merge.Token), Priority(merge.Rank, i)));
            }
        }

        var queue = new PriorityQueue<(int At, int Token), long>(start);
        while (queue.TryDequeue(out var pair, out _))
        {
            var right = token[pair.At] < 0 ? -1 : next[pair.At];
            // A neighbour may have been merged since this pair was queued.
            if (right < 0 || Find(token[pair.At], token[right]).Token != pair.Token)
            {
                continue;
            }

            token[pair.At] = pair.Token;
            token[right] = -1;
            next[pair.At] = next[right];
            if (next[right] >= 0)
            {
                previous[next[right]] = pair.At;
            }

            Enqueue(previous[pair.At]);
            Enqueue(pair.At);
        }

        symbols.Clear();
        for (var i = 0; i >= 0; i = next[i])
        {
            symbols.Add(token[i]);
        }

        void Enqueue(int at)
        {
            if (at >= 0 && next[at] >= 0 && Find(token[at], token[next[at]]) is { Rank: < int.MaxValue } merge)
            {
                queue.Enqueue((at, merge.Token), Priority(merge.Rank, at));
            }
        }

        static long Priority(int rank, int at) => ((long)rank << 32) | (uint)at;
    }

    private Merge Find(int left, int right) => merges.TryGetValue(Key(left, right), out var merge) ? merge : new(int.MaxValue, -2);
}
