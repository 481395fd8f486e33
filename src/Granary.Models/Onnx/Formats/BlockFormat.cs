using Granary.Models.Architectures;
using Granary.Models.Onnx.Weights;

namespace Granary.Models.Onnx.Formats;

/// <summary>Symmetric blocks of 4 or 8 bits: MatMulNBits, which multiplies in int8, and GatherBlockQuantized.</summary>
/// <param name="bits">4 or 8.</param>
/// <param name="longestBlock">Most weights that share a scale; a matrix whose rows are no multiple of it has shorter blocks.</param>
/// <param name="fuseExperts">Whether the experts of a layer are one node where its sizes allow it.</param>
internal sealed class BlockFormat(int bits, int longestBlock, bool fuseExperts) : ICutFormat
{
    /// <summary>The accuracy level at which activations are quantised to int8 by block. Level 0 computes in fp32, several times slower, and with 8 bits dequantises every call.</summary>
    public const long Int8Activations = 4;

    private const string Embedding = "embedding";

    private static readonly FloatFormat Fp32 = new(OnnxType.Float);

    public string MatMul(GraphBuilder graph, string name, string input, IReadOnlyList<Linear> parts)
    {
        var (codes, scales) = Add(graph, name, parts.Select(part => part.Weight));
        var bias = parts[0].Bias is null ? "" : graph.Weights($"{name}.bias", FloatTensor.Concatenated(OnnxType.Float, parts.Select(part => part.Bias!)));
        return MatMul(graph, name, input, codes, scales, bias, parts.Sum(part => (long)part.Weight.Rows), parts[0].Weight.Columns);
    }

    public string Vector(GraphBuilder graph, string name, MatrixRef vector) => Fp32.Vector(graph, name, vector);

    public string Embed(GraphBuilder graph, string name, string ids, MatrixRef embedding)
    {
        var (codes, scales) = Add(graph, Embedding, [embedding]);
        var rows = graph.Reshaped(codes, $"{codes}.rows", embedding.Rows, embedding.Columns * bits / 8);
        return graph.Node(name, "GatherBlockQuantized", GraphBuilder.Microsoft, [rows, ids, scales],
            ("bits", bits),
            ("block_size", BlockLengths.For(longestBlock, embedding.Columns)),
            ("gather_axis", 0),
            ("quantize_axis", 1));
    }

    public string Head(GraphBuilder graph, string name, string input, MatrixRef head, bool tied)
    {
        var (codes, scales) = Add(graph, tied ? Embedding : "lm_head", [head]);
        return MatMul(graph, name, input, codes, scales, "", head.Rows, head.Columns);
    }

    public string Experts(GraphBuilder graph, string name, string input, string routerLogits, MoeFeedForward experts) =>
        fuseExperts && FusedExperts.Fit(experts)
            ? FusedExperts.Add(graph, name, input, routerLogits, experts, bits, longestBlock)
            : SplitExperts.Add(graph, name, input, routerLogits, experts, this);

    public string Expert(GraphBuilder graph, string name, string input, MoeFeedForward experts, int expert) =>
        fuseExperts && FusedExperts.Fit(experts)
            ? FusedExperts.Expert(graph, name, input, experts, expert, bits, longestBlock)
            : SplitExperts.Expert(graph, name, input, experts, expert, this);

    private (string Codes, string Scales) Add(GraphBuilder graph, string name, IEnumerable<MatrixRef> matrices)
    {
        var rows = RowSet.Stacked(matrices);
        var matrix = new QuantizedMatrix(rows, bits, BlockLengths.For(longestBlock, rows.Columns));
        return (graph.Weights($"{name}.codes", matrix.Codes), graph.Weights($"{name}.scales", matrix.Scales));
    }

    private string MatMul(GraphBuilder graph, string name, string input, string codes, string scales, string bias, long rows, int columns)
    {
        string[] inputs = bias.Length == 0 ? [input, codes, scales] : [input, codes, scales, "", "", bias];
        return MatMul(graph, name, inputs, rows, columns, bits, BlockLengths.For(longestBlock, columns));
    }

    /// <summary>x [.., K] times [N, K] in blocks along K.</summary>
    public static string MatMul(GraphBuilder graph, string name, string[] inputs, long rows, int columns, int bits, int blockLength) =>
        graph.Node(name, "MatMulNBits", GraphBuilder.Microsoft, inputs,
            ("N", rows),
            ("K", columns),
            ("bits", bits),
            ("block_size", blockLength),
            ("accuracy_level", Int8Activations));
}
