using Granary.Engine.Execution;
using Granary.Models;
using Granary.Shards;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Engine.Stages;

/// <summary>Makes layouts.</summary>
public static class PipelinePlanner
{
    /// <summary>The layout for a model that is cut into given stages.</summary>
    /// <param name="model">The model.</param>
    /// <param name="stages">Layers of each stage, all layers in order.</param>
    /// <param name="options">
    /// Slots of each lane, and the least <see cref="EngineOptions.KvCacheBytes"/> that a stage's silo has for all lanes together; what it does not hold is given up in proportion.
    /// </param>
    /// <param name="lanes">Batches under way at the same time; <see langword="null"/> takes one for each stage.</param>
    /// <param name="format">How hidden states travel.</param>
    /// <exception cref="ArgumentException">The stages are not all layers in order.</exception>
    /// <exception cref="InvalidOperationException">Not even one slot for each lane fits.</exception>
    public static PipelineLayout Plan(
        ModelManifest model, IReadOnlyList<LayerRange> stages, EngineOptions options, int? lanes = null, HiddenFormat format = HiddenFormat.Fp16)
    {
        int next = 0;
        foreach (LayerRange stage in stages)
        {
            if (stage.First != next || stage.Count < 1)
            {
                throw new ArgumentException($"Stages [{string.Join(", ", stages)}] are not the layers 0..{model.LayerCount} in order.", nameof(stages));
            }

            next = stage.End;
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(next, model.LayerCount, nameof(stages));
        int count = lanes ?? stages.Count;
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(lanes));
        IReadOnlyList<KvShape> shapes = KvShape.Fit(
            model with { LayerCount = stages.Max(stage => stage.Count) }, options, TensorElementType.Float, options.KvCacheBytes / count);
        return new PipelineLayout
        {
            Stages = [.. stages],
            Lanes = count,
            Slots = [.. shapes.Select(shape => new LaneSlots(shape.Slots, shape.SlotTokens))],
            MaxChunkTokens = Math.Min(options.PrefillChunkTokens, shapes[^1].SlotTokens),
            Format = format,
        };
    }

    /// <summary>Stages of which the heaviest has as few bytes of weights as consecutive layers allow; the first one has the model's ends too.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer layers than stages.</exception>
    public static IReadOnlyList<LayerRange> Cut(ISegmentGraphs graphs, int stages)
    {
        long[] bytes = [.. graphs.Layers.Select(layer => layer.WeightBytes + (layer.Experts * layer.ExpertBytes))];
        ArgumentOutOfRangeException.ThrowIfLessThan(stages, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stages, bytes.Length);
        bytes[0] += graphs.EndsBytes;

        // The least limit that suffices, by bisection; then every stage takes what it can under it, and leaves a layer for each that follows.
        (long low, long high) = (bytes.Max(), bytes.Sum());
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            (low, high) = Fill(bytes, stages, middle).Count <= stages ? (low, middle) : (middle + 1, high);
        }

        return Fill(bytes, stages, low);
    }

    private static List<LayerRange> Fill(long[] bytes, int stages, long limit)
    {
        List<LayerRange> filled = [];
        int first = 0;
        while (first < bytes.Length)
        {
            int end = first + 1;
            long sum = bytes[first];
            while (end < bytes.Length - Math.Max(0, stages - filled.Count - 1) && sum + bytes[end] <= limit)
            {
                sum += bytes[end++];
            }

            filled.Add(new LayerRange(first, end));
            first = end;
        }

        return filled;
    }
}
