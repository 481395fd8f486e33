using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Granary.Engine.Sampling;

/// <summary>Sets of tokens, one bit an id, lowest bit first: [⌈V/64⌉].</summary>
internal static class TokenMask
{
    private const int Bits = 64;

    /// <summary>Takes the tokens that are not in <paramref name="allowed"/> out of <paramref name="logits"/> [V].</summary>
    /// <remarks>Eight at a time, without branches on what the set holds (<c>granary bench grammar</c>).</remarks>
    public static void Apply(Span<float> logits, ReadOnlySpan<ulong> allowed)
    {
        Vector256<int> bits = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);
        Vector256<float> removed = Vector256.Create(float.NegativeInfinity);
        ReadOnlySpan<byte> groups = MemoryMarshal.AsBytes(allowed); // little-endian, as everywhere that .NET runs
        Span<Vector256<float>> rows = MemoryMarshal.Cast<float, Vector256<float>>(logits);
        for (int i = 0; i < rows.Length; i++)
        {
            Vector256<int> members = Vector256.Equals(Vector256.Create((int)groups[i]) & bits, bits);
            rows[i] = Vector256.ConditionalSelect(members.AsSingle(), rows[i], removed);
        }

        for (int id = rows.Length * Vector256<float>.Count; id < logits.Length; id++)
        {
            logits[id] = ((allowed[id / Bits] >> (id % Bits)) & 1) != 0 ? logits[id] : float.NegativeInfinity;
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
