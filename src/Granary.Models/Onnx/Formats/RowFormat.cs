using Granary.Models.Architectures;
using Granary.Models.Onnx.Weights;

namespace Granary.Models.Onnx.Formats;

/// <summary>
/// W8A8: weights of 8 bits with a scale for each output, activations of 8 bits with a scale for each token, multiplied as whole numbers. Several times as fast as blocks where a processor
/// multiplies matrices of int8 (AMX) and there are several tokens; coarser. Embedding and experts, which are gathered and have few tokens each, are in blocks.
/// </summary>
/// <remarks>The scheme of vLLM's and LLM Compressor's W8A8-INT8 with dynamic activations by token.</remarks>
/// <param name="blocks">The format of embedding and experts.</param>
internal sealed class RowFormat(BlockFormat blocks) : ICutFormat
{
    private const float LargestCode = 127;
    private const long Zero = 128; // of activations, whose codes are unsigned

    // Rows of zeros have some scale, too.
    private const float SmallestScale = 1e-30f;

    public string MatMul(GraphBuilder graph, string name, string input, IReadOnlyList<Linear> parts)
    {
        var bias = parts[0].Bias is null ? null : graph.Weights($"{name}.bias", FloatTensor.Concatenated(OnnxType.Float, parts.Select(part => part.Bias!)));
        if (bias is null)
        {
            return Multiply(graph, name, name, input, RowSet.Stacked(parts.Select(part => part.Weight)));
        }

        var product = Multiply(graph, $"{name}.unbiased", name, input, RowSet.Stacked(parts.Select(part => part.Weight)));
        return graph.Node(name, "Add", "", [product, bias]);
    }

    public string Vector(GraphBuilder graph, string name, MatrixRef vector) => blocks.Vector(graph, name, vector);

    public string Embed(GraphBuilder graph, string name, string ids, MatrixRef embedding) => blocks.Embed(graph, name, ids, embedding);

    // A tied head is stored twice: its columns lie together where it is multiplied, its rows where it is gathered.
    public string Head(GraphBuilder graph, string name, string input, MatrixRef head, bool tied) => Multiply(graph, name, "lm_head", input, RowSet.Stacked([head]));

    public string Experts(GraphBuilder graph, string name, string input, string routerLogits, MoeFeedForward experts) => blocks.Experts(graph, name, input, routerLogits, experts);

    public string Expert(GraphBuilder graph, string name, string input, MoeFeedForward experts, int expert) => blocks.Expert(graph, name, input, experts, expert);

    private static string Multiply(GraphBuilder graph, string name, string weights, string input, RowSet rows)
    {
        var matrix = new RowQuantizedMatrix(rows);
        var (codes, scales) = (graph.Weights($"{weights}.codes", matrix.Codes), graph.Weights($"{weights}.scales", matrix.Scales));
        var (tokens, steps) = Quantized(graph, input);
        var zero = graph.Once("zero_code", constant => graph.Node(constant, "Cast", "", [graph.Constant(Zero)], ("to", (long)OnnxType.UInt8)));
        var product = graph.Node($"{name}.scaled", "MatMulIntegerToFloat", GraphBuilder.Microsoft, [tokens, codes, graph.Number(1), scales, zero]);
        return graph.Node(name, "Mul", "", [product, steps]);
    }

    /// <summary>Codes of an input's tokens around <see cref="Zero"/> and the step of each token, once for all matrices that it is multiplied with.</summary>
    private static (string Codes, string Steps) Quantized(GraphBuilder graph, string input)
    {
        var steps = graph.Once($"{input}.step", name =>
        {
            var largest = graph.Node($"{input}.largest", "ReduceMax", "", [graph.Node($"{input}.size", "Abs", "", [input]), graph.Constant(-1)], ("keepdims", 1));
            return graph.Node(name, "Max", "", [graph.Node($"{input}.span", "Mul", "", [largest, graph.Number(1 / LargestCode)]), graph.Number(SmallestScale)]);
        });
        var codes = graph.Once($"{input}.codes", name =>
        {
            var rounded = graph.Node($"{input}.rounded", "Round", "", [graph.Node($"{input}.ratio", "Div", "", [input, steps])]);
            return graph.Node(name, "Cast", "", [graph.Node($"{input}.shifted", "Add", "", [rounded, graph.Number(Zero)])], ("to", (long)OnnxType.UInt8));
        });
        return (codes, steps);
    }
}
