using System.Numerics;

namespace Granary.Models.Tokenization.Bpe;

/// <summary>Which pairs of tokens merge, at what rank and into what: an open-addressing hash table that is only written while it is built.</summary>
internal sealed class MergeTable
{
    private const int Free = -1;
    private readonly Entry[] _entries;
    private readonly int _shift;

    public MergeTable(int capacity)
    {
        var size = BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity * 2L, 16));
        _shift = 64 - BitOperations.Log2(size);
        _entries = new Entry[size];
        Array.Fill(_entries, new(0, Merge.None));
    }

    /// <summary>One more than the highest rank.</summary>
    public int Ranks { get; private set; }

    /// <summary>Adds a pair; the last one of equal pairs counts.</summary>
    public void Set(int left, int right, Merge merge)
    {
        var key = Key(left, right);
        var at = Slot(key);
        while (_entries[at].Merge.Token != Free && _entries[at].Key != key)
        {
            at = (at + 1) & (_entries.Length - 1);
        }

        _entries[at] = new(key, merge);
        Ranks = Math.Max(Ranks, merge.Rank + 1);
    }

    /// <summary>What the pair becomes, or <see cref="Merge.None"/>.</summary>
    public Merge Find(int left, int right)
    {
        var key = Key(left, right);
        for (var at = Slot(key); ; at = (at + 1) & (_entries.Length - 1))
        {
            ref readonly var entry = ref _entries[at];
            if (entry.Key == key || entry.Merge.Token == Free)
            {
                return entry.Merge;
            }
        }
    }

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;

    private int Slot(long key) => (int)((ulong)(key * unchecked((long)0x9E3779B97F4A7C15)) >> _shift);

    private readonly record struct Entry(long Key, Merge Merge);
}

/// <param name="Rank">The earlier in the list, the stronger.</param>
/// <param name="Token">What the pair becomes.</param>
internal readonly record struct Merge(int Rank, int Token)
{
    public static Merge None => new(int.MaxValue, -1);

    public bool Exists => Rank != int.MaxValue;
}
