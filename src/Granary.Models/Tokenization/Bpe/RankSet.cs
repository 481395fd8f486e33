using System.Numerics;

namespace Granary.Models.Tokenization.Bpe;

/// <summary>A set of small numbers that knows its least one: bitmaps over bitmaps, so that each operation touches a word per level.</summary>
internal sealed class RankSet
{
    private readonly ulong[][] _levels;

    public RankSet(int size)
    {
        var levels = new List<ulong[]>();
        do
        {
            size = (size + 63) >> 6;
            levels.Add(new ulong[Math.Max(size, 1)]);
        }
        while (size > 1);
        _levels = [.. levels];
    }

    public void Add(int value)
    {
        foreach (var level in _levels)
        {
            ref var word = ref level[value >> 6];
            var before = word;
            word |= 1UL << (value & 63);
            if (before != 0)
            {
                return;
            }

            value >>= 6;
        }
    }

    public void Remove(int value)
    {
        foreach (var level in _levels)
        {
            ref var word = ref level[value >> 6];
            word &= ~(1UL << (value & 63));
            if (word != 0)
            {
                return;
            }

            value >>= 6;
        }
    }

    /// <summary>The least number of the set, or -1.</summary>
    public int Least()
    {
        if (_levels[^1][0] == 0)
        {
            return -1;
        }

        var value = 0;
        for (var level = _levels.Length - 1; level >= 0; level--)
        {
            value = (value << 6) | BitOperations.TrailingZeroCount(_levels[level][value]);
        }

        return value;
    }
}
