using Granary.Models.Architectures;
using Granary.Models.Onnx.Weights;

namespace Granary.Models.Onnx.Formats;

/// <summary>
/// Weights as floats: plain MatMul, the float MoE operator. Floats of 16 bits are widened where they are used, which ONNX Runtime
/// folds when it loads the graph: the file is half as large, the kernels are those of fp32.
/// </summary>
internal sealed class FloatFormat(OnnxType type) : ICutFormat
{
    private const string Embedding = "embedding.weight";

    public string MatMul(GraphBuilder graph, string name, string input, IReadOnlyList<Linear> parts)
    {
        var weight = Widened(graph, $"{name}.weight", FloatTensor.Transposed(type, parts.Select(part => part.Weight)));
        if (parts[0].Bias is null)
        {
            return graph.Node(name, "MatMul", "", [input, weight]);
        }

        var product = graph.Node($"{name}.product", "MatMul", "", [input, weight]);
        return graph.Node(name, "Add", "", [product, graph.Weights($"{name}.bias", FloatTensor.Concatenated(OnnxType.Float, parts.Select(part => part.Bias!)))]);
    }

    public string Vector(GraphBuilder graph, string name, MatrixRef vector) => Widened(graph, name, FloatTensor.Plain(type, vector));

    public string Embed(GraphBuilder graph, string name, string ids, MatrixRef embedding)
    {
        var table = graph.Weights(Embedding, FloatTensor.Plain(type, embedding));
        return type == OnnxType.Float
            ? graph.Node(name, "Gather", "", [table, ids])
            : graph.Node(name, "Cast", "", [graph.Node($"{name}.narrow", "Gather", "", [table, ids])], ("to", (long)OnnxType.Float));
    }

    // Gemm with transB takes the head as the embedding has it: a tied model holds it once.
    public string Head(GraphBuilder graph, string name, string input, MatrixRef head, bool tied) =>
        graph.Node(name, "Gemm", "", [input, Widened(graph, tied ? Embedding : "lm_head.weight", FloatTensor.Plain(type, head))], ("transB", 1));

    public string Experts(GraphBuilder graph, string name, string input, string routerLogits, MoeFeedForward experts) =>
        SplitExperts.Add(graph, name, input, routerLogits, experts, this);

    public string Expert(GraphBuilder graph, string name, string input, MoeFeedForward experts, int expert) =>
        SplitExperts.Expert(graph, name, input, experts, expert, this);

    private string Widened(GraphBuilder graph, string name, FloatTensor tensor)
    {
        graph.Weights(name, tensor);
        return type == OnnxType.Float ? name : graph.Node($"{name}.fp32", "Cast", "", [name], ("to", (long)OnnxType.Float));
    }
}
