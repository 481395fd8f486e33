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

    /// <summary>Bytes of one head of one token.</summary>
    public int TokenHeadBytes => HeadDim * ElementBytes;

    /// <summary>Bytes of one head of one slot: what lies in one piece.</summary>
    public long HeadBytes => (long)SlotTokens * HeadDim * ElementBytes;

    /// <summary>Bytes of the keys, or of the values, of one slot in one layer.</summary>
    public long SlotBytes => Heads * HeadBytes;

    /// <summary>Bytes of one token's keys and values in all layers.</summary>
    public int TokenBytes => 2 * Layers * Heads * HeadDim * ElementBytes;

    /// <summary>Bytes of everything.</summary>
    public long TotalBytes => 2L * Layers * Slots * SlotBytes;

    /// <summary>
    /// The shapes for a model under a memory budget, one for each length class, shortest first. What the budget does not hold
    /// is given up in proportion, down to one slot of the longest class.
    /// </summary>
    /// <exception cref="InvalidOperationException">Not even one slot of the longest class fits.</exception>
    public static IReadOnlyList<KvShape> Fit(ModelManifest model, EngineOptions options, TensorElementType elementType) =>
        Fit(model, options, elementType, options.KvCacheBytes);

    /// <summary>The same under a budget that is not the options'.</summary>
    public static IReadOnlyList<KvShape> Fit(ModelManifest model, EngineOptions options, TensorElementType elementType, long budgetBytes)
    {
        IEnumerable<SlotClassOptions> asked = options.SlotClasses.Count > 0
            ? options.SlotClasses
            : [new SlotClassOptions { Tokens = options.SlotTokens, Slots = options.Slots }];
        List<KvShape> shapes =
        [
            .. asked.GroupBy(slots => Math.Min(slots.Tokens, model.MaxPositions), slots => slots.Slots)
                .OrderBy(slots => slots.Key)
                .Select(slots => new KvShape(model.LayerCount, slots.Sum(), model.KvHeadCount, slots.Key, model.HeadDim, elementType)),
        ];
        KvShape longest = shapes[^1] with { Slots = 1 };
        if (longest.TotalBytes > budgetBytes)
        {
            throw new InvalidOperationException(
                $"One slot of {longest.SlotTokens} tokens takes {longest.TotalBytes:N0} bytes, more than the KV cache may have ({budgetBytes:N0}). Raise KvCacheBytes or lower SlotTokens.");
        }

        // One slot of the longest class is kept, whatever the others' shares leave for it.
        shapes[^1] = shapes[^1] with { Slots = shapes[^1].Slots - 1 };
        Int128 wanted = Math.Max(1, shapes.Sum(shape => shape.TotalBytes));
        Int128 left = Int128.Min(wanted, budgetBytes - longest.TotalBytes);
        List<KvShape> fit = shapes.ConvertAll(shape => shape with { Slots = (int)(shape.Slots * left / wanted) });
        fit[^1] = fit[^1] with { Slots = fit[^1].Slots + 1 };
        fit.RemoveAll(shape => shape.Slots == 0);
        return fit;
    }
}
