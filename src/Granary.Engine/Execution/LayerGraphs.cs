using Granary.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Engine.Execution;

/// <summary>The loaded graphs of consecutive layers: one, or several between which experts run. Any number of <see cref="LayerRunner"/> uses them at the same time.</summary>
internal sealed class LayerGraphs : IDisposable
{
    private readonly List<GraphPart> _parts = [];

    private LayerGraphs(ModelManifest model, GraphSegment segment)
    {
        Model = model;
        Segment = segment;
    }

    public ModelManifest Model { get; }

    /// <summary>What they compute together.</summary>
    public GraphSegment Segment { get; }

    /// <summary>The graphs, in order.</summary>
    public IReadOnlyList<GraphPart> Parts => _parts;

    /// <summary>Element type of the KV cache.</summary>
    public TensorElementType KvType { get; private set; } = TensorElementType.Float;

    /// <summary>Loads the graph of a whole model.</summary>
    /// <exception cref="InvalidDataException">The graph is unreadable or not what the manifest says.</exception>
    public static LayerGraphs LoadWhole(ModelManifest model, string folder, EngineOptions options)
    {
        var graphs = new LayerGraphs(model, GraphSegment.Whole(model.LayerCount));
        string path = Path.Combine(folder, model.GraphFile);
        graphs.Add(GraphSessions.Open(path, options), () => GraphSessions.OpenForOneRow(File.ReadAllBytes(path), folder, path, options), graphs.Segment);
        return graphs;
    }

    /// <summary>Loads a segment of a model.</summary>
    /// <param name="source">The model.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="options">Threads.</param>
    /// <param name="cutAtExperts">Whether experts run elsewhere: the segment is then cut before each layer's.</param>
    /// <exception cref="InvalidDataException">A graph is unreadable, or the model is not for the CPU.</exception>
    public static LayerGraphs Load(ISegmentGraphs source, GraphSegment segment, EngineOptions options, bool cutAtExperts = false)
    {
        var graphs = new LayerGraphs(source.Manifest, segment);
        foreach (GraphSegment part in cutAtExperts ? CutAtExperts(source, segment) : [segment])
        {
            byte[] graph = source.Segment(part);
            graphs.Add(
                GraphSessions.Open(graph, source.Folder, source.Manifest.Name, options), () => GraphSessions.OpenForOneRow(graph, source.Folder, source.Manifest.Name, options), part);
        }

        return graphs;
    }

    public void Dispose() => _parts.ForEach(part => part.Dispose());

    private static IEnumerable<GraphSegment> CutAtExperts(ISegmentGraphs source, GraphSegment segment)
    {
        (SegmentStart start, int first) = (segment.Start, segment.Layers.First);
        for (int layer = first; layer < segment.Layers.End; layer++)
        {
            if (source.Layers[layer].Experts > 0)
            {
                yield return new GraphSegment(start, new LayerRange(first, layer + 1), SegmentEnd.Router);
                (start, first) = (SegmentStart.HiddenAndDelta, layer + 1);
            }
        }

        yield return new GraphSegment(start, new LayerRange(first, segment.Layers.End), segment.End);
    }

    private void Add(InferenceSession session, Func<InferenceSession?> openForOneRow, GraphSegment segment)
    {
        _parts.Add(new GraphPart(session, OneRow: null, segment));
        try
        {
            KvType = GraphContract.Check(Model, segment, session.InputMetadata, session.OutputMetadata) ?? KvType;
            _parts[^1] = _parts[^1] with { OneRow = openForOneRow() };
        }
        catch
        {
            Dispose();
            throw;
        }
    }
}
