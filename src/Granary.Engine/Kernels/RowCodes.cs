using System.Runtime.Intrinsics;

namespace Granary.Engine.Kernels;

/// <summary>
/// A row of activations in int8: x ≈ scale · code with one scale a block, as MatMulNBits rounds at accuracy level 4. Codes of even places come before those of odd ones in every 64 (32 where blocks are
/// that short), as a byte of 4-bit weights has one of each.
/// </summary>
internal static unsafe class RowCodes
{
    private const float LargestCode = 127;
    private const int WeightZero = 8;

    /// <summary>Rounds a row.</summary>
    /// <param name="row">[K].</param>
    /// <param name="columns">K.</param>
    /// <param name="block">L: 32, 64 or 128.</param>
    /// <param name="codes">[⌈K/L⌉·L]; what K does not reach is zero.</param>
    /// <param name="scales">[⌈K/L⌉].</param>
    /// <param name="corrections">[⌈K/L⌉]: the zero point of the weights times the sum of a block's codes, to be added to its product.</param>
    public static void Write(float* row, int columns, int block, sbyte* codes, float* scales, int* corrections)
    {
        float* last = stackalloc float[block];
        for (int first = 0; first < columns; first += block)
        {
            float* values = row + first;
            if (columns - first < block)
            {
                new Span<float>(last, block).Clear();
                new ReadOnlySpan<float>(values, columns - first).CopyTo(new Span<float>(last, block));
                values = last;
            }

            *scales++ = WriteBlock(values, block, codes + first, out int sum);
            *corrections++ = -WeightZero * sum;
        }
    }

    private static float WriteBlock(float* values, int block, sbyte* codes, out int sum)
    {
        Vector256<float> largest = Vector256<float>.Zero;
        for (int index = 0; index < block; index += Vector256<float>.Count)
        {
            largest = Vector256.Max(largest, Vector256.Abs(Vector256.Load(values + index)));
        }

        Vector128<float> four = Vector128.Max(largest.GetLower(), largest.GetUpper());
        float size = Math.Max(Math.Max(four[0], four[1]), Math.Max(four[2], four[3]));
        float scale = size / LargestCode;
        Vector256<float> inverse = Vector256.Create(scale == 0 ? 0 : 1 / scale);
        Vector256<int> sums = Vector256<int>.Zero;
        int half = block == 32 ? 16 : 32;
        for (int index = 0; index < block; index += 32)
        {
            Vector256<short> pairs = Vector256.Narrow(
                Vector256.Narrow(Rounded(values + index, inverse, ref sums), Rounded(values + index + 8, inverse, ref sums)),
                Vector256.Narrow(Rounded(values + index + 16, inverse, ref sums), Rounded(values + index + 24, inverse, ref sums))).AsInt16();
            sbyte* evens = codes + (half == 16 ? index : (index & ~63) + ((index & 63) / 2));
            Narrow((pairs << 8) >> 8).Store(evens);
            Narrow(pairs >> 8).Store(evens + half);
        }

        sum = Vector256.Sum(sums);
        return scale;

        static Vector256<int> Rounded(float* values, Vector256<float> inverse, ref Vector256<int> sums)
        {
            Vector256<int> codes = Vector256.ConvertToInt32(Vector256.Round(Vector256.Load(values) * inverse));
            sums += codes;
            return codes;
        }

        static Vector128<sbyte> Narrow(Vector256<short> codes) => Vector128.Narrow(codes.GetLower(), codes.GetUpper());
    }
}
