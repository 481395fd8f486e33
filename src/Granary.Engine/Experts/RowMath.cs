using System.Numerics;
using System.Runtime.InteropServices;

namespace Granary.Engine.Experts;

/// <summary>Arithmetic on rows of hidden states.</summary>
internal static class RowMath
{
    /// <summary>sum += scale · row.</summary>
    public static void AddScaled(Span<float> sum, ReadOnlySpan<float> row, float scale)
    {
        Span<Vector<float>> sums = MemoryMarshal.Cast<float, Vector<float>>(sum);
        ReadOnlySpan<Vector<float>> rows = MemoryMarshal.Cast<float, Vector<float>>(row);
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] += rows[i] * scale;
        }

        for (int i = sums.Length * Vector<float>.Count; i < sum.Length; i++)
        {
            sum[i] += row[i] * scale;
        }
    }
}
