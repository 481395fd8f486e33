using System.Runtime.InteropServices;
using Granary.Models.Checkpoints;

namespace Granary.Models.Synthesis;

/// <summary>
/// Random weights that take no room: an element is a function of seed, tensor and position. Values are those of bf16, so that a
/// checkpoint written from them holds the same.
/// </summary>
/// <remarks>Matrices have the deviation 1/√inputs, with which activations keep their size from layer to layer; norms are near 1, biases near 0.</remarks>
internal sealed class SyntheticTensors(int seed) : ITensorSource
{
    // Logits of this deviation choose about as sharply as a trained model's.
    private const float LogitDeviation = 4;
    private const float VectorDeviation = 0.05f;

    private readonly Dictionary<string, Distribution> _tensors = new(StringComparer.Ordinal);

    public IEnumerable<string> Files => [];

    public IEnumerable<string> TensorNames => [];

    /// <summary>Never: any tensor can be had, and no optional style of names is chosen.</summary>
    public bool Contains(string name) => false;

    public void Require(string name, ReadOnlySpan<long> shape)
    {
        var vector = shape.Length == 1;
        var norm = vector && name.EndsWith("norm.weight", StringComparison.Ordinal);
        var logits = name.Contains("embed_tokens", StringComparison.Ordinal) || name.StartsWith("lm_head", StringComparison.Ordinal);
        var deviation = vector ? VectorDeviation : (logits ? LogitDeviation : 1) / MathF.Sqrt(shape[^1]);
        _tensors[name] = new Distribution(norm ? 1 : 0, deviation, Hash(name));
    }

    public void Read(string name, long firstElement, Span<float> destination)
    {
        var (mean, deviation, stream) = _tensors[name];
        var bits = MemoryMarshal.Cast<float, uint>(destination);
        for (var i = 0; i < destination.Length; i++)
        {
            var value = mean + (deviation * Normal(stream + ((ulong)(firstElement + i) * 0x9E3779B97F4A7C15)));
            bits[i] = BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000;
        }
    }

    public void Dispose()
    {
    }

    // SplitMix64 (Steele, Lea and Flood 2014) of a counter; the sum of its four quarters is near enough to a normal distribution.
    private static float Normal(ulong counter)
    {
        const float mean = 2 * 65535f;
        const float inverseDeviation = 1 / 37837.2f; // 65536·√(4/12)
        counter = (counter ^ (counter >> 30)) * 0xBF58476D1CE4E5B9;
        counter = (counter ^ (counter >> 27)) * 0x94D049BB133111EB;
        counter ^= counter >> 31;
        var sum = (counter & 0xFFFF) + ((counter >> 16) & 0xFFFF) + ((counter >> 32) & 0xFFFF) + (counter >> 48);
        return ((int)sum - mean) * inverseDeviation;
    }

    // FNV-1a.
    private ulong Hash(string name)
    {
        var hash = 0xCBF29CE484222325 ^ ((ulong)seed << 32);
        foreach (var character in name)
        {
            hash = (hash ^ character) * 0x100000001B3;
        }

        return hash;
    }

    private readonly record struct Distribution(float Mean, float Deviation, ulong Stream);
}
