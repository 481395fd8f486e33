using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Granary.Engine.Kernels;

/// <summary>Products of one row of activations with rows of 4-bit weights as MatMulNBits stores them: w ≈ scale · (code − 8), two codes a byte, the first in the low half.</summary>
internal static unsafe class Int4Rows
{
    // Weights come from memory faster when they are asked for ahead of the processor's own guess: 12 to 18 GB/s on two cores of a Xeon.
    private const int AheadBytes = 4096;

    /// <summary>Whether this processor multiplies bytes.</summary>
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    /// <summary>Whether these may be as many weights as share a scale.</summary>
    public static bool IsBlock(long length) => length is 32 or 64 or 128;

    /// <summary>y = W·x of some rows of W.</summary>
    /// <param name="work">Weights, activations and where the products go.</param>
    /// <param name="first">The first row.</param>
    /// <param name="end">The row after the last.</param>
    public static void Multiply(in Int4Product work, long first, long end)
    {
        switch (work.Block)
        {
            case 32:
                Multiply<Block32>(work, first, end);
                break;
            case 64:
                Multiply<Block64>(work, first, end);
                break;
            default:
                Multiply<Block128>(work, first, end);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<TBlock>(in Int4Product work, long first, long end)
        where TBlock : struct, IBlock
    {
        int blocks = work.Blocks;
        byte* codes = work.Codes + (first * blocks * (TBlock.Length / 2));
        float* scales = work.Scales + (first * blocks);
        sbyte* row = work.RowCodes;
        float* rowScales = work.RowScales;
        int* corrections = work.Corrections;
        for (long output = first; output < end; output++)
        {
            Vector256<float> sum = Vector256<float>.Zero;
            for (int block = 0; block < blocks; block++)
            {
                Sse.Prefetch0(codes + AheadBytes);
                Vector256<int> product = TBlock.Dot(codes, row + (block * TBlock.Length), Vector256.CreateScalar(corrections[block]));
                sum = Fma.MultiplyAdd(Vector256.ConvertToSingle(product), Vector256.Create(scales[block] * rowScales[block]), sum);
                codes += TBlock.Length / 2;
            }

            work.Output[output] = Vector256.Sum(sum) + (work.Bias == null ? 0 : work.Bias[output]);
            scales += blocks;
        }
    }

    // Sums of four products of an unsigned and a signed byte each. Without VNNI two of them pass through 16 bits, which hold 2·15·127.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Add(Vector256<int> sum, Vector256<byte> weights, Vector256<sbyte> row) => AvxVnni.IsSupported
        ? AvxVnni.MultiplyWideningAndAdd(sum, weights, row)
        : sum + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(weights, row), Vector256<short>.One);

    private static Vector256<byte> Low(Vector256<byte> codes) => codes & Vector256.Create((byte)15);

    private static Vector256<byte> High(Vector256<byte> codes) => Low((codes.AsUInt16() >>> 4).AsByte());

    private interface IBlock
    {
        static abstract int Length { get; }

        /// <summary>Eight numbers whose sum is the product of a block and <paramref name="sum"/>'s.</summary>
        static abstract Vector256<int> Dot(byte* codes, sbyte* row, Vector256<int> sum);
    }

    private readonly struct Block32 : IBlock
    {
        public static int Length => 32;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> Dot(byte* codes, sbyte* row, Vector256<int> sum)
        {
            Vector128<byte> bytes = Vector128.Load(codes);
            return Add(sum, Low(Vector256.Create(bytes, (bytes.AsUInt16() >>> 4).AsByte())), Vector256.Load(row));
        }
    }

    private readonly struct Block64 : IBlock
    {
        public static int Length => 64;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> Dot(byte* codes, sbyte* row, Vector256<int> sum)
        {
            Vector256<byte> bytes = Vector256.Load(codes);
            return Add(Add(sum, Low(bytes), Vector256.Load(row)), High(bytes), Vector256.Load(row + 32));
        }
    }

    private readonly struct Block128 : IBlock
    {
        public static int Length => 128;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> Dot(byte* codes, sbyte* row, Vector256<int> sum) =>
            Block64.Dot(codes, row, sum) + Block64.Dot(codes + 32, row + 64, Vector256<int>.Zero);
    }
}
