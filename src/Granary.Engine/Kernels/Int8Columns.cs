using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Granary.Engine.Kernels;

/// <summary>Products of a row of activations in int8 with a matrix of int8 whose columns are the outputs, [K, N]. Sums are exact.</summary>
internal static unsafe class Int8Columns
{
    /// <summary>Columns that are multiplied at once; their sums are in another order, which <see cref="Scale"/> knows.</summary>
    public const int Step = 32;

    /// <summary>Adds up some rows of the matrix.</summary>
    /// <param name="codes">s8 [K, N], from the first column on.</param>
    /// <param name="stride">N.</param>
    /// <param name="columns">How many columns.</param>
    /// <param name="row">The activations, four a quad.</param>
    /// <param name="quads">The rows of the matrix.</param>
    /// <param name="first">The first quad.</param>
    /// <param name="end">The quad after the last.</param>
    /// <param name="sums">[columns].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(sbyte* codes, long stride, int columns, int* row, RowQuads quads, int first, int end, int* sums)
    {
        int whole = columns - (columns % Step);
        for (int quad = first; quad < end; quad++)
        {
            sbyte* row0 = codes + (quads.Row(quad, 0) * stride), row1 = codes + (quads.Row(quad, 1) * stride);
            sbyte* row2 = codes + (quads.Row(quad, 2) * stride), row3 = codes + (quads.Row(quad, 3) * stride);
            Vector256<sbyte> four = Vector256.Create(row[quad]).AsSByte();
            for (int column = 0; column < whole; column += Step)
            {
                // The four weights of a column beside each other, as processors multiply and add them.
                Vector256<sbyte> a = Vector256.Load(row0 + column), b = Vector256.Load(row1 + column), c = Vector256.Load(row2 + column), d = Vector256.Load(row3 + column);
                Vector256<short> lowAB = Avx2.UnpackLow(a, b).AsInt16(), highAB = Avx2.UnpackHigh(a, b).AsInt16();
                Vector256<short> lowCD = Avx2.UnpackLow(c, d).AsInt16(), highCD = Avx2.UnpackHigh(c, d).AsInt16();
                int* sum = sums + column;
                Add(sum, Avx2.UnpackLow(lowAB, lowCD).AsSByte(), four);
                Add(sum + 8, Avx2.UnpackHigh(lowAB, lowCD).AsSByte(), four);
                Add(sum + 16, Avx2.UnpackLow(highAB, highCD).AsSByte(), four);
                Add(sum + 24, Avx2.UnpackHigh(highAB, highCD).AsSByte(), four);
            }

            for (int column = whole; column < columns; column++)
            {
                sums[column] += (row0[column] * four[0]) + (row1[column] * four[1]) + (row2[column] * four[2]) + (row3[column] * four[3]);
            }
        }
    }

    /// <summary>Output = sum · scale of the column · scale of the row.</summary>
    /// <param name="sums">[parts, N].</param>
    /// <param name="parts">How many sums a column has.</param>
    /// <param name="columns">N.</param>
    /// <param name="scales">[N].</param>
    /// <param name="rowScale">Of the activations.</param>
    /// <param name="output">[N].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(int* sums, int parts, int columns, float* scales, float rowScale, float* output)
    {
        int whole = columns - (columns % Step);
        for (int column = 0; column < whole; column += Step)
        {
            for (int quarter = 0; quarter < 4; quarter++)
            {
                Vector256<float> sum = Vector256.ConvertToSingle(Sum(sums + column + (8 * quarter), parts, columns));
                int low = column + (4 * quarter);
                (sum.GetLower() * Vector128.Load(scales + low) * rowScale).Store(output + low);
                (sum.GetUpper() * Vector128.Load(scales + low + 16) * rowScale).Store(output + low + 16);
            }
        }

        for (int column = whole; column < columns; column++)
        {
            int sum = 0;
            for (int part = 0; part < parts; part++)
            {
                sum += sums[((long)part * columns) + column];
            }

            output[column] = sum * scales[column] * rowScale;
        }
    }

    private static Vector256<int> Sum(int* sums, int parts, int columns)
    {
        Vector256<int> sum = Vector256.Load(sums);
        for (int part = 1; part < parts; part++)
        {
            sum += Vector256.Load(sums + ((long)part * columns));
        }

        return sum;
    }

    // The sign goes from the weights to the activations: one side must be unsigned. Without VNNI two products pass through 16 bits, which hold 2·128·127.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(int* sums, Vector256<sbyte> weights, Vector256<sbyte> row)
    {
        Vector256<int> sum = Vector256.Load(sums);
        Vector256<byte> sizes = Avx2.Abs(weights);
        Vector256<sbyte> signed = Avx2.Sign(row, weights);
        sum = AvxVnni.IsSupported
            ? AvxVnni.MultiplyWideningAndAdd(sum, sizes, signed)
            : sum + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(sizes, signed), Vector256<short>.One);
        sum.Store(sums);
    }
}
