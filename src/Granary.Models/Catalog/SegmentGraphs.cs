using Granary.Models.Architectures;
using Granary.Models.Onnx;
using Granary.Models.Onnx.Formats;

namespace Granary.Models.Catalog;

/// <summary>Graphs of parts of a model of the CPU, whose whole graph is laid out again to find the weights.</summary>
internal sealed class SegmentGraphs(string folder, ModelManifest manifest, Decoder decoder, WeightPlan plan, GraphBuilder whole) : ISegmentGraphs
{
    private readonly Lazy<IReadOnlyList<LayerSizes>> _layers = new(() => [.. decoder.Layers.Select((layer, index) => Measure(decoder, plan, whole, index))]);

    public ModelManifest Manifest => manifest;

    public string Folder => folder;

    public IReadOnlyList<LayerSizes> Layers => _layers.Value;

    // A tied head is the embedding: the name counts once.
    public long EndsBytes
    {
        get
        {
            var last = decoder.Layers.Count;
            var first = Graph(new(SegmentStart.Tokens, new(0, 0), SegmentEnd.Hidden)).ReadBytes;
            return Graph(new(SegmentStart.Hidden, new(last, last), SegmentEnd.Logits)).ReadBytes.Concat(first).DistinctBy(weights => weights.Key, StringComparer.Ordinal).Sum(weights => weights.Value);
        }
    }

    public string? RoutingRule => decoder.Layers.Select(layer => layer.FeedForward).OfType<MoeFeedForward>().FirstOrDefault()?.RoutingRule;

    public byte[] Segment(GraphSegment segment)
    {
        var (layers, count) = (segment.Layers, decoder.Layers.Count);
        var isIn = layers.First >= 0 && layers.First <= layers.End && layers.End <= count;
        if (!isIn
            || (segment.End == SegmentEnd.Router && (layers.Count == 0 || decoder.Layers[layers.End - 1].FeedForward is not MoeFeedForward)))
        {
            throw new ArgumentOutOfRangeException(nameof(segment), segment, $"Model '{manifest.Name}' with {count} layers has no such segment.");
        }

        return Graph(segment).Serialize(manifest.Name).ToArray();
    }

    public byte[] Experts(int layer, IReadOnlyList<int> experts)
    {
        if (layer < 0 || layer >= decoder.Layers.Count || decoder.Layers[layer].FeedForward is not MoeFeedForward moe
            || experts.Count == 0 || experts.Any(expert => expert < 0 || expert >= moe.Experts.Count))
        {
            throw new ArgumentOutOfRangeException(nameof(experts), string.Join(", ", experts), $"Layer {layer} of model '{manifest.Name}' does not have these experts.");
        }

        return ExpertGraph.Build(moe, plan, new GraphBuilder(ModelFiles.Data, whole), layer, experts).Serialize(manifest.Name).ToArray();
    }

    private GraphBuilder Graph(GraphSegment segment) => DecoderGraph.Build(decoder, plan, new GraphBuilder(ModelFiles.Data, whole), segment);

    private static LayerSizes Measure(Decoder decoder, WeightPlan plan, GraphBuilder whole, int layer)
    {
        var moe = decoder.Layers[layer].FeedForward as MoeFeedForward;
        var end = moe is null ? SegmentEnd.Hidden : SegmentEnd.Router;
        var graph = DecoderGraph.Build(decoder, plan, new GraphBuilder(ModelFiles.Data, whole), new(SegmentStart.Hidden, new(layer, layer + 1), end));
        var expert = moe is null ? null : ExpertGraph.Build(moe, plan, new GraphBuilder(ModelFiles.Data, whole), layer, [0]);
        return new LayerSizes(
            graph.ReadBytes.Sum(weights => weights.Value), moe?.Experts.Count ?? 0, moe?.TopK ?? 0, expert?.ReadBytes.Sum(weights => weights.Value) ?? 0);
    }
}
