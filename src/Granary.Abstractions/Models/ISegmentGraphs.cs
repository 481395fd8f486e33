namespace Granary.Models;

/// <summary>
/// Graphs of parts of an imported model, made in memory when they are needed. They refer to the model's own data file, so that any silo with the model's folder
/// can compute any of its layers or experts without a conversion.
/// </summary>
public interface ISegmentGraphs
{
    /// <summary>The model.</summary>
    ModelManifest Manifest { get; }

    /// <summary>Its folder, to which the graphs' external data is relative.</summary>
    string Folder { get; }

    /// <summary>What each layer takes.</summary>
    IReadOnlyList<LayerSizes> Layers { get; }

    /// <summary>Bytes of embedding, final norm and head, which the first stage has.</summary>
    long EndsBytes { get; }

    /// <summary>The policy by which routers choose experts, for example <c>softmax-top-k</c>; <see langword="null"/> of a dense model.</summary>
    string? RoutingRule { get; }

    /// <summary>The graph of a segment, an ONNX model; <see cref="ModelManifest"/>, <see cref="SegmentStart"/> and <see cref="SegmentEnd"/> have its inputs and outputs. Layers keep their numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are no such layers, or the last one has no router.</exception>
    byte[] Segment(GraphSegment segment);

    /// <summary>
    /// The graph of some experts of a layer. T tokens, N choices sorted by expert, X experts. Inputs: <c>expert_input</c> f32 [T,H];
    /// <c>tokens</c> i64 [N], the row of each choice; <c>counts</c> i64 [X], the choices of each expert. Output: <c>expert_output</c> f32 [N,H].
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="experts">X experts, rising.</param>
    /// <exception cref="ArgumentOutOfRangeException">The layer does not have them.</exception>
    byte[] Experts(int layer, IReadOnlyList<int> experts);
}
