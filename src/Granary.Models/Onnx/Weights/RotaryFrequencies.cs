using Granary.Models.Checkpoints;

namespace Granary.Models.Onnx.Weights;

/// <summary>Radians a position, for each pair of dimensions of a head.</summary>
internal static class RotaryFrequencies
{
    /// <summary>Frequencies [head dim / 2] with the stretching of <paramref name="rope"/>.</summary>
    public static float[] Compute(RopeConfig rope, int headDim)
    {
        var plain = Enumerable.Range(0, headDim / 2).Select(i => 1 / Math.Pow(rope.Theta, 2.0 * i / headDim)).ToArray();
        double[] stretched = rope.Kind switch
        {
            RopeKind.Linear => [.. plain.Select(frequency => frequency / rope.Factor)],
            RopeKind.Llama3 => [.. plain.Select(frequency => Llama3(rope, frequency))],
            RopeKind.Yarn => [.. plain.Select((frequency, i) => Yarn(rope, headDim, frequency, i))],
            _ => plain,
        };
        return [.. stretched.Select(frequency => (float)frequency)];
    }

    private static double Llama3(RopeConfig rope, double frequency)
    {
        var wavelength = 2 * Math.PI / frequency;
        if (wavelength < rope.OriginalMaxPositions / rope.HighFrequencyFactor)
        {
            return frequency;
        }

        if (wavelength > rope.OriginalMaxPositions / rope.LowFrequencyFactor)
        {
            return frequency / rope.Factor;
        }

        var smooth = ((rope.OriginalMaxPositions / wavelength) - rope.LowFrequencyFactor) / (rope.HighFrequencyFactor - rope.LowFrequencyFactor);
        return ((1 - smooth) * frequency / rope.Factor) + (smooth * frequency);
    }

    // Dimensions that turn often within the trained context are kept, those that turn less than once are divided.
    private static double Yarn(RopeConfig rope, int headDim, double frequency, int index)
    {
        double Dimension(double turns) => headDim * Math.Log(rope.OriginalMaxPositions / (turns * 2 * Math.PI)) / (2 * Math.Log(rope.Theta));
        var (low, high) = (Dimension(rope.BetaFast), Dimension(rope.BetaSlow));
        if (rope.Truncate)
        {
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        }

        (low, high) = (Math.Max(low, 0), Math.Min(high, headDim - 1));
        if (low == high)
        {
            high += 0.001;
        }

        var divided = Math.Clamp((index - low) / (high - low), 0, 1);
        return (frequency / rope.Factor * divided) + (frequency * (1 - divided));
    }
}
