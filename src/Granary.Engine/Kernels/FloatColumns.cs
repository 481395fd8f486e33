using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Granary.Engine.Kernels;

/// <summary>Products of a row of activations with a matrix whose columns are the outputs, [K, N].</summary>
internal static unsafe class FloatColumns
{
    /// <summary>Adds up some rows of the matrix.</summary>
    /// <param name="weights">[K, N], from the first column on.</param>
    /// <param name="stride">N.</param>
    /// <param name="columns">How many columns.</param>
    /// <param name="row">The activations, [K].</param>
    /// <param name="quads">The rows of the matrix.</param>
    /// <param name="first">The first quad.</param>
    /// <param name="end">The quad after the last.</param>
    /// <param name="sums">[columns].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* weights, long stride, int columns, float* row, RowQuads quads, int first, int end, float* sums)
    {
        int whole = columns - (columns % Vector256<float>.Count);
        for (int quad = first; quad < end; quad++)
        {
            float* row0 = weights + (quads.Row(quad, 0) * stride), row1 = weights + (quads.Row(quad, 1) * stride);
            float* row2 = weights + (quads.Row(quad, 2) * stride), row3 = weights + (quads.Row(quad, 3) * stride);
            Vector256<float> x0 = At(0), x1 = At(1), x2 = At(2), x3 = At(3);
            for (int column = 0; column < whole; column += Vector256<float>.Count)
            {
                Vector256<float> sum = Vector256.FusedMultiplyAdd(x0, Vector256.Load(row0 + column), Vector256.Load(sums + column));
                sum = Vector256.FusedMultiplyAdd(x1, Vector256.Load(row1 + column), sum);
                sum = Vector256.FusedMultiplyAdd(x2, Vector256.Load(row2 + column), sum);
                Vector256.FusedMultiplyAdd(x3, Vector256.Load(row3 + column), sum).Store(sums + column);
            }

            for (int column = whole; column < columns; column++)
            {
                sums[column] += (x0[0] * row0[column]) + (x1[0] * row1[column]) + (x2[0] * row2[column]) + (x3[0] * row3[column]);
            }

            Vector256<float> At(int place) => Vector256.Create(quads.Has(quad, place) ? row[quads.Row(quad, place)] : 0);
        }
    }

    /// <summary>Adds sums of parts to those of the first.</summary>
    /// <param name="sums">[parts, N].</param>
    /// <param name="parts">How many.</param>
    /// <param name="columns">N.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Join(float* sums, int parts, int columns)
    {
        for (long from = columns; from < (long)parts * columns; from += columns)
        {
            int column = 0;
            for (; column + Vector256<float>.Count <= columns; column += Vector256<float>.Count)
            {
                (Vector256.Load(sums + column) + Vector256.Load(sums + from + column)).Store(sums + column);
            }

            for (; column < columns; column++)
            {
                sums[column] += sums[from + column];
            }
        }
    }
}
