using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Granary.Engine.Kernels;

/// <summary>Products of a row of activations with a matrix whose rows are the outputs, [N, K].</summary>
internal static unsafe class FloatRows
{
    /// <summary>Some outputs.</summary>
    /// <param name="weights">[N, K].</param>
    /// <param name="columns">K.</param>
    /// <param name="row">The activations, [K].</param>
    /// <param name="first">The first output.</param>
    /// <param name="end">The output after the last.</param>
    /// <param name="output">[N].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* weights, int columns, float* row, int first, int end, float* output)
    {
        int width = Vector256<float>.Count;
        int whole = columns - (columns % (4 * width));
        for (int index = first; index < end; index++)
        {
            float* next = weights + ((long)index * columns);
            Vector256<float> sum0 = Vector256<float>.Zero, sum1 = sum0, sum2 = sum0, sum3 = sum0;
            int column = 0;
            for (; column < whole; column += 4 * width)
            {
                sum0 = Vector256.FusedMultiplyAdd(Vector256.Load(next + column), Vector256.Load(row + column), sum0);
                sum1 = Vector256.FusedMultiplyAdd(Vector256.Load(next + column + width), Vector256.Load(row + column + width), sum1);
                sum2 = Vector256.FusedMultiplyAdd(Vector256.Load(next + column + (2 * width)), Vector256.Load(row + column + (2 * width)), sum2);
                sum3 = Vector256.FusedMultiplyAdd(Vector256.Load(next + column + (3 * width)), Vector256.Load(row + column + (3 * width)), sum3);
            }

            float sum = Vector256.Sum(sum0 + sum1 + (sum2 + sum3));
            for (; column < columns; column++)
            {
                sum += next[column] * row[column];
            }

            output[index] = sum;
        }
    }
}
