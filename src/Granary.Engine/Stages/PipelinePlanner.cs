using Granary.Models;
using Granary.Shards;

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
        ModelManifest model, IReadOnlyList<LayerRange> stages, EngineOptions options, int? lanes = null, HiddenFormat format = HiddenFormat.Fp16) =>
        throw new NotSupportedException("Not there yet.");

    /// <summary>As many stages of as nearly the same bytes of weights as consecutive layers allow; the first one has the model's ends too.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer layers than stages.</exception>
    public static IReadOnlyList<LayerRange> Cut(ISegmentGraphs graphs, int stages) => throw new NotSupportedException("Not there yet.");
}
