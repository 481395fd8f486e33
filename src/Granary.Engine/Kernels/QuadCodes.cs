using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Granary.Engine.Kernels;

/// <summary>A row of activations in int8 with one scale, as a w8a8 graph rounds them: x ≈ scale · code.</summary>
internal static unsafe class QuadCodes
{
    private const float LargestCode = 127;
    private const float SmallestScale = 1e-30f; // of a row of zeros

    /// <summary>Rounds a row.</summary>
    /// <param name="row">[K].</param>
    /// <param name="rows">K.</param>
    /// <param name="codes">Four codes for each of <see cref="RowQuads.Count"/>; zero where a quad has fewer.</param>
    /// <returns>The scale.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Write(float* row, int rows, int* codes)
    {
        var quads = new RowQuads(rows);
        float scale = Math.Max(Largest(row, rows) * (1 / LargestCode), SmallestScale);
        int quad = 0;
        for (; quad + Vector256<int>.Count <= quads.Full; quad += Vector256<int>.Count)
        {
            Vector256<int> four = Vector256<int>.Zero;
            for (int place = 3; place >= 0; place--)
            {
                Vector256<float> ratio = Vector256.Load(row + quads.Row(quad, place)) / Vector256.Create(scale);
                four = (four << 8) | (Vector256.ConvertToInt32(Vector256.Round(ratio)) & Vector256.Create(255));
            }

            four.Store(codes + quad);
        }

        for (; quad < quads.Count; quad++)
        {
            int four = 0;
            for (int place = 3; place >= 0; place--)
            {
                four = (four << 8) | (quads.Has(quad, place) ? (int)MathF.Round(row[quads.Row(quad, place)] / scale) & 255 : 0);
            }

            codes[quad] = four;
        }

        return scale;
    }

    private static float Largest(float* row, int count)
    {
        Vector256<float> largest = Vector256<float>.Zero;
        int index = 0;
        for (; index + Vector256<float>.Count <= count; index += Vector256<float>.Count)
        {
            largest = Vector256.Max(largest, Vector256.Abs(Vector256.Load(row + index)));
        }

        float size = 0;
        for (int element = 0; element < Vector256<float>.Count; element++)
        {
            size = Math.Max(size, largest[element]);
        }

        for (; index < count; index++)
        {
            size = Math.Max(size, Math.Abs(row[index]));
        }

        return size;
    }
}
