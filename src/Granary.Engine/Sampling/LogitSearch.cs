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

        index = IndexOf(logits, max);
        return true;
    }

    /// <summary>Logarithm of the sum of the logits' exponentials: what turns logits into log-probabilities.</summary>
    /// <param name="logits">[V].</param>
    /// <param name="logSumExp">The logarithm, if the row is usable.</param>
    /// <returns>As <see cref="TryArgMax"/>.</returns>
    public static bool TryLogSumExp(ReadOnlySpan<float> logits, out double logSumExp)
    {
        logSumExp = 0;
        if (!TryMax(logits, out float max))
        {
            return false;
        }

        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(logits);
        var subtrahend = new Vector<float>(max);
        var sums = Vector<double>.Zero;
        foreach (Vector<float> vector in vectors)
        {
            Vector.Widen(Vector.Exp(vector - subtrahend), out Vector<double> low, out Vector<double> high);
            sums += low + high;
        }

        double sum = Vector.Sum(sums);
        foreach (float logit in logits[(vectors.Length * Vector<float>.Count)..])
        {
            sum += MathF.Exp(logit - max);
        }

        logSumExp = max + Math.Log(sum);
        return true;
    }

    private static int IndexOf(ReadOnlySpan<float> logits, float value)
    {
        // Bits are found many at a time. Zero alone has two patterns.
        if (value != 0)
        {
            return MemoryMarshal.Cast<float, int>(logits).IndexOf(BitConverter.SingleToInt32Bits(value));
        }

        int index = 0;
        while (logits[index] != value)
        {
            index++;
        }

        return index;
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
