using System.Buffers.Binary;
using System.Numerics;

namespace Orleans.Storage;

/// <summary>xxHash with 32 bits and seed 0 (Y. Collet, github.com/Cyan4973/xxHash, doc/xxhash_spec.md): what Orleans' tables are indexed by.</summary>
internal static class XxHash32
{
    private const uint Prime1 = 2654435761;
    private const uint Prime2 = 2246822519;
    private const uint Prime3 = 3266489917;
    private const uint Prime4 = 668265263;
    private const uint Prime5 = 374761393;

    /// <summary>Orleans reads the canonical (big-endian) form as a little-endian number.</summary>
    public static int HashAsOrleansDoes(ReadOnlySpan<byte> data) => (int)BinaryPrimitives.ReverseEndianness(Hash(data));

    public static uint Hash(ReadOnlySpan<byte> data)
    {
        var rest = data;
        uint hash;
        if (data.Length >= 16)
        {
            var (a, b, c, d) = (unchecked(Prime1 + Prime2), Prime2, 0u, unchecked(0u - Prime1));
            for (; rest.Length >= 16; rest = rest[16..])
            {
                a = Round(a, rest);
                b = Round(b, rest[4..]);
                c = Round(c, rest[8..]);
                d = Round(d, rest[12..]);
            }

            hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7) + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
        }
        else
        {
            hash = Prime5;
        }

        hash += (uint)data.Length;
        for (; rest.Length >= 4; rest = rest[4..])
        {
            hash = BitOperations.RotateLeft(hash + (BinaryPrimitives.ReadUInt32LittleEndian(rest) * Prime3), 17) * Prime4;
        }

        foreach (var single in rest)
        {
            hash = BitOperations.RotateLeft(hash + (single * Prime5), 11) * Prime1;
        }

        hash = (hash ^ (hash >> 15)) * Prime2;
        hash = (hash ^ (hash >> 13)) * Prime3;
        return hash ^ (hash >> 16);
    }

    private static uint Round(uint lane, ReadOnlySpan<byte> data) =>
        BitOperations.RotateLeft(lane + (BinaryPrimitives.ReadUInt32LittleEndian(data) * Prime2), 13) * Prime1;
}
