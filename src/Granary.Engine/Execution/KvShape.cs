using Granary.Models;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Engine.Execution;

/// <summary>Sizes of a KV cache.</summary>
/// <param name="Layers">Decoder layers.</param>
/// <param name="Slots">Sequences.</param>
/// <param name="Heads">KV heads.</param>
/// <param name="SlotTokens">Tokens a slot holds.</param>
/// <param name="HeadDim">Width of a head.</param>
/// <param name="ElementType">Type of an element.</param>
internal readonly record struct KvShape(int Layers, int Slots, int Heads, int SlotTokens, int HeadDim, TensorElementType ElementType)
{
    public int ElementBytes => ElementType switch
    {
        TensorElementType.Float => sizeof(float),
        TensorElementType.Float16 or TensorElementType.BFloat16 => sizeof(ushort),
        TensorElementType.Int8 => sizeof(sbyte),
        _ => throw new NotSupportedException($"A KV cache of {ElementType} is not supported."),
    };

    /// <summary>Bytes of one head of one slot: what lies in one piece.</summary>
    public long HeadBytes => (long)SlotTokens * HeadDim * ElementBytes;

    /// <summary>Bytes of the keys, or of the values, of one slot in one layer.</summary>
    public long SlotBytes => Heads * HeadBytes;

    /// <summary>Bytes of one token's keys and values in all layers.</summary>
    public int TokenBytes => 2 * Layers * Heads * HeadDim * ElementBytes;

    /// <summary>Bytes of everything.</summary>
    public long TotalBytes => 2L * Layers * Slots * SlotBytes;

    /// <summary>The shape for a model under a memory budget: slots are given up first, then nothing.</summary>
    /// <exception cref="InvalidOperationException">Not even one slot fits.</exception>
    public static KvShape Fit(ModelManifest model, EngineOptions options, TensorElementType elementType)
    {
        var one = new KvShape(
            model.LayerCount, 1, model.KvHeadCount, Math.Min(options.SlotTokens, model.MaxPositions), model.HeadDim, elementType);
        long fitting = options.KvCacheBytes / one.TotalBytes;
        if (fitting < 1)
        {
            throw new InvalidOperationException(
                $"One slot of {one.SlotTokens} tokens takes {one.TotalBytes:N0} bytes, more than KvCacheBytes ({options.KvCacheBytes:N0}). Raise KvCacheBytes or lower SlotTokens.");
        }

        return one with { Slots = (int)Math.Min(options.Slots, fitting) };
    }
}
