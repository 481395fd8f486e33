using System.Numerics;

namespace Granary.Engine.Sampling;

/// <summary>Sets of tokens, one bit an id, lowest bit first: [⌈V/64⌉].</summary>
internal static class TokenMask
{
    private const int Bits = 64;

    /// <summary>Takes the tokens that are not in <paramref name="allowed"/> out of <paramref name="logits"/> [V].</summary>
    public static void Apply(Span<float> logits, ReadOnlySpan<ulong> allowed)
    {
        for (int word = 0; word < allowed.Length; word++)
        {
            ulong forbidden = ~allowed[word];
            if (forbidden == 0)
            {
                continue;
            }

            Span<float> row = logits.Slice(word * Bits, Math.Min(Bits, logits.Length - (word * Bits)));
            if (forbidden == ulong.MaxValue)
            {
                row.Fill(float.NegativeInfinity);
                continue;
            }

            for (; forbidden != 0; forbidden &= forbidden - 1)
            {
                int bit = BitOperations.TrailingZeroCount(forbidden);
                if (bit < row.Length)
                {
                    row[bit] = float.NegativeInfinity;
                }
            }
        }
    }

    /// <summary>Whether a set has a member that is not among <paramref name="tokens"/>.</summary>
    public static bool AllowsOtherThan(ReadOnlySpan<ulong> allowed, ReadOnlySpan<int> tokens)
    {
        int members = 0;
        foreach (ulong word in allowed)
        {
            members += BitOperations.PopCount(word);
        }

        foreach (int token in tokens)
        {
            members -= (int)((allowed[token / Bits] >> (token % Bits)) & 1);
        }

        return members > 0;
    }
}
