using System.Numerics;
using System.Runtime.InteropServices;

namespace Granary.Engine.Grammar.Automata;

/// <summary>
/// The tokens that stay inside a counted repetition, each with the number of repetitions that it needs. The numbers lie across: the first
/// plane has the lowest bit of each token's number, so that a vector's worth of them is compared with a limit in a few operations.
/// </summary>
/// <param name="words">Words of a mask.</param>
internal sealed class LoopTokens(int words) : CachedTokens
{
    private readonly int _padded = words + (-words & (Vector<ulong>.Count - 1));
    private readonly List<ulong[]> _planes = [];
    private ulong[]? _all;

    /// <summary>Whether a token's number is not a function of the token: then it says nothing.</summary>
    public bool IsAmbiguous { get; init; }

    /// <summary>Most repetitions that a token needs.</summary>
    public int MostNeeded { get; private set; }

    public override long Bytes => (1L + _planes.Count) * _padded * sizeof(ulong);

    /// <summary>Adds tokens that need so many repetitions.</summary>
    public void Add(ReadOnlySpan<int> tokens, int needed)
    {
        _all ??= new ulong[_padded];
        MostNeeded = Math.Max(MostNeeded, needed);
        while (needed >> _planes.Count != 0)
        {
            _planes.Add(new ulong[_padded]);
        }

        foreach (int token in tokens)
        {
            ulong bit = 1UL << (token & 63);
            _all[token >> 6] |= bit;
            for (int left = needed; left != 0; left &= left - 1)
            {
                _planes[BitOperations.TrailingZeroCount(left)][token >> 6] |= bit;
            }
        }
    }

    /// <summary>The tokens that need at most so many repetitions.</summary>
    /// <param name="most">The limit, at least 0.</param>
    /// <returns>[words].</returns>
    public ulong[] Within(int most)
    {
        ulong[] mask = [.. (_all ?? new ulong[_padded])];
        if (most < MostNeeded)
        {
            Span<Vector<ulong>> allowed = MemoryMarshal.Cast<ulong, Vector<ulong>>(mask.AsSpan());
            for (int i = 0; i < allowed.Length; i++)
            {
                allowed[i] &= ~Above(most, i);
            }
        }

        return mask.Length == words ? mask : mask[..words];
    }

    // From the highest bit down, a number is above the limit as soon as it has a bit that the limit lacks where they were equal so far.
    private Vector<ulong> Above(int most, int index)
    {
        Vector<ulong> above = Vector<ulong>.Zero;
        Vector<ulong> equal = Vector<ulong>.AllBitsSet;
        for (int bit = _planes.Count - 1; bit >= 0; bit--)
        {
            var plane = new Vector<ulong>(_planes[bit], index * Vector<ulong>.Count);
            if (((most >> bit) & 1) != 0)
            {
                equal &= plane;
            }
            else
            {
                above |= equal & plane;
                equal &= ~plane;
            }
        }

        return above;
    }
}
