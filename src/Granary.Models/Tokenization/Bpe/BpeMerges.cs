using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Granary.Models.Tokenization.Bpe;

/// <summary>Merges symbols in order of rank, leftmost first, in at most O(n log n). Thread-safe.</summary>
internal sealed class BpeMerges(MergeTable merges)
{
    /// <summary>Up to here scanning an array beats a queue.</summary>
    private const int SmallWord = 24;

    /// <summary>What a long text needed is not kept.</summary>
    private const int MaxKeptSymbols = 1 << 16;

    private readonly ConcurrentBag<Workspace> _workspaces = [];

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
            return;
        }

        if (!_workspaces.TryTake(out var workspace))
        {
            workspace = new(merges.Ranks);
        }

        ApplyLarge(symbols, workspace);
        if (symbols.Capacity <= MaxKeptSymbols)
        {
            _workspaces.Add(workspace);
        }
    }

    private void ApplySmall(List<int> symbols)
    {
        Span<Merge> pairs = stackalloc Merge[SmallWord];
        var span = CollectionsMarshal.AsSpan(symbols);
        var count = span.Length;
        EncodingWork.Add(count);
        for (var i = 0; i + 1 < count; i++)
        {
            pairs[i] = merges.Find(span[i], span[i + 1]);
        }

        while (count > 1)
        {
            var best = 0;
            for (var i = 1; i + 1 < count; i++)
            {
                best = pairs[i].Rank < pairs[best].Rank ? i : best;
            }

            if (!pairs[best].Exists)
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
                pairs[best - 1] = merges.Find(span[best - 1], span[best]);
            }

            if (best + 1 < count)
            {
                pairs[best] = merges.Find(span[best], span[best + 1]);
            }
        }

        symbols.RemoveRange(count, symbols.Count - count);
    }

    private void ApplyLarge(List<int> symbols, Workspace workspace)
    {
        var token = CollectionsMarshal.AsSpan(symbols);
        var queue = workspace.Queue;
        workspace.Reset(token.Length);
        var (next, previous, becomes) = (workspace.Next, workspace.Previous, workspace.Becomes);
        for (var i = 0; i < token.Length; i++)
        {
            next[i] = i + 1 < token.Length ? i + 1 : -1;
            previous[i] = i - 1;
            if (i + 1 < token.Length && merges.Find(token[i], token[i + 1]) is { Exists: true } merge)
            {
                becomes[i] = merge.Token;
                queue.Add(i, merge.Rank);
            }
        }

        while (queue.Take() is >= 0 and var at)
        {
            var right = next[at];
            token[at] = becomes[at];
            queue.Remove(right);
            next[at] = next[right];
            if (next[at] >= 0)
            {
                previous[next[at]] = at;
                Enqueue(token, at);
            }

            if (previous[at] >= 0)
            {
                queue.Remove(previous[at]);
                Enqueue(token, previous[at]);
            }
        }

        // What is left never stands before its place in the list that it came from.
        var written = 0;
        for (var i = 0; i >= 0; i = next[i])
        {
            token[written++] = token[i];
        }

        symbols.RemoveRange(written, symbols.Count - written);
        EncodingWork.Add(written + queue.Operations);

        void Enqueue(Span<int> token, int at)
        {
            if (merges.Find(token[at], token[next[at]]) is { Exists: true } merge)
            {
                becomes[at] = merge.Token;
                queue.Add(at, merge.Rank);
            }
        }
    }

    /// <summary>The arrays that one thread needs for a long word; by position of the symbol.</summary>
    private sealed class Workspace(int ranks)
    {
        public MergeQueue Queue { get; } = new(ranks);

        public int[] Next { get; private set; } = [];

        public int[] Previous { get; private set; } = [];

        public int[] Becomes { get; private set; } = [];

        public void Reset(int positions)
        {
            Queue.Reset(positions);
            if (Next.Length < positions)
            {
                (Next, Previous, Becomes) = (new int[positions], new int[positions], new int[positions]);
            }
        }
    }
}
