using Granary.Models.Architectures;
using Granary.Models.Onnx.Formats;
using Granary.Models.Onnx.Weights;

namespace Granary.Models.Onnx.Cuda;

/// <summary>Weights and activations as floats of one type.</summary>
internal sealed class CudaFloatFormat(OnnxType type) : IWeightFormat
{
    private const string Embedding = "embedding.weight";

    public string MatMul(GraphBuilder graph, string name, string input, IReadOnlyList<Linear> parts)
    {
        if (parts[0].Bias is null)
        {
            return Multiply(graph, name, input, parts);
        }

        var product = Multiply(graph, $"{name}.product", input, parts);
        return graph.Node(name, "Add", "", [product, graph.Weights($"{name}.bias", FloatTensor.Concatenated(type, parts.Select(part => part.Bias!)))]);
    }

    public string Vector(GraphBuilder graph, string name, MatrixRef vector) => graph.Weights(name, FloatTensor.Plain(type, vector));

    public string Embed(GraphBuilder graph, string name, string ids, MatrixRef embedding) =>
        graph.Node(name, "Gather", "", [graph.Weights(Embedding, FloatTensor.Plain(type, embedding)), ids]);

    public string Head(GraphBuilder graph, string name, string input, MatrixRef head, bool tied)
    {
        if (!tied)
        {
            return graph.Node(name, "MatMul", "", [input, graph.Weights("lm_head.weight", FloatTensor.Transposed(type, [head]))]);
        }

        // As the embedding has it: the model holds it once.
        var weight = graph.Weights(Embedding, FloatTensor.Plain(type, head));
        return graph.Node(name, "FusedMatMul", GraphBuilder.Microsoft, [input, weight], ("transA", 0), ("transB", 1), ("alpha", 1f));
    }

    public string Experts(GraphBuilder graph, string name, string input, string routerLogits, MoeFeedForward experts)
    {
        var expertType = CudaExperts.TypeFor(type);
        var gateUp = graph.Weights($"{name}.gate_up.weight", FloatTensor.Interleaved(expertType, [.. experts.Experts.Select(expert => (expert.Gate, expert.Up))]));
        var down = graph.Weights($"{name}.down.weight", FloatTensor.Stacked(expertType, [.. experts.Experts.Select(expert => expert.Down)]));
        return CudaExperts.InTheirType(graph, name, input, type, converted => (
            "MoE", [converted, routerLogits, gateUp, "", down], CudaExperts.Attributes(experts)));
    }

    // Transposed weights: for one row cuBLAS is a little faster with them than with those of the checkpoint.
    private string Multiply(GraphBuilder graph, string name, string input, IReadOnlyList<Linear> parts) =>
        graph.Node(name, "MatMul", "", [input, graph.Weights($"{name}.weight", FloatTensor.Transposed(type, parts.Select(part => part.Weight)))]);
}
