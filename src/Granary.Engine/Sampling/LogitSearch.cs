using System.Numerics;
using System.Runtime.InteropServices;

namespace Granary.Engine.Sampling;

/// <summary>Vectorised passes over one row of logits.</summary>
internal static class LogitSearch
{
    /// <summary>Index of the first largest logit.</summary>
    /// <param name="logits">[V].</param>
    /// <param name="index">The index, if the row is usable.</param>
    /// <returns><see langword="false"/> when a logit is NaN or the largest one is infinite: the forward pass went wrong.</returns>
    public static bool TryArgMax(ReadOnlySpan<float> logits, out int index)
    {
        index = 0;
        if (!TryMax(logits, out float max))
        {
            return false;
        }

        while (logits[index] != max)
        {
            index++;
        }

        return true;
    }

    private static bool TryMax(ReadOnlySpan<float> logits, out float max)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(logits);
        var maxima = new Vector<float>(float.NegativeInfinity);
        var ordered = Vector<int>.AllBitsSet;
        foreach (Vector<float> vector in vectors)
        {
            maxima = Vector.Max(maxima, vector);
            ordered &= Vector.Equals(vector, vector); // a NaN equals nothing, itself included
        }

        bool hasNaN = ordered != Vector<int>.AllBitsSet;
        max = float.NegativeInfinity;
        for (int lane = 0; lane < Vector<float>.Count; lane++)
        {
            max = MathF.Max(max, maxima[lane]);
        }

        foreach (float logit in logits[(vectors.Length * Vector<float>.Count)..])
        {
            hasNaN |= float.IsNaN(logit);
            max = MathF.Max(max, logit);
        }

        return !hasNaN && float.IsFinite(max);
    }
}
