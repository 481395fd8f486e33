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
        // Two chains, because a maximum waits for the one before it. Where the processor's maximum loses a NaN, the comparison has it.
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(logits);
        var (maxima, others) = (new Vector<float>(float.NegativeInfinity), new Vector<float>(float.NegativeInfinity));
        var (ordered, othersOrdered) = (Vector<int>.AllBitsSet, Vector<int>.AllBitsSet);
        int index = 0;
        for (; index + 1 < vectors.Length; index += 2)
        {
            (Vector<float> first, Vector<float> second) = (vectors[index], vectors[index + 1]);
            maxima = Vector.MaxNative(maxima, first);
            others = Vector.MaxNative(others, second);
            ordered &= Vector.Equals(first, first); // a NaN equals nothing, itself included
            othersOrdered &= Vector.Equals(second, second);
        }

        if (index < vectors.Length)
        {
            maxima = Vector.MaxNative(maxima, vectors[index]);
            ordered &= Vector.Equals(vectors[index], vectors[index]);
        }

        maxima = Vector.MaxNative(maxima, others);
        bool hasNaN = (ordered & othersOrdered) != Vector<int>.AllBitsSet;
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
