using Granary.Models.Architectures;

namespace Granary.Models.Onnx;

/// <summary>Weights as fp32: plain MatMul, the float MoE operator, a head that a tied embedding can share.</summary>
internal sealed class Fp32Format : IWeightFormat
{
    public string MatMul(GraphBuilder graph, string name, string input, IReadOnlyList<MatrixRef> weights) =>
        graph.Node(name, "MatMul", "", [input, graph.Weights($"{name}.weight", MatrixTensor.Transposed(weights))]);

    public string Experts(GraphBuilder graph, string name, string input, string routerLogits, MoeFeedForward experts)
    {
        // Rows g0, u0, g1, u1, …: the only layout of gated experts that ONNX Runtime computes on CPU.
        var gateUp = graph.Weights($"{name}.gate_up.weight", MatrixTensor.Interleaved([.. experts.Experts.Select(expert => (expert.Gate, expert.Up))]));
        var down = graph.Weights($"{name}.down.weight", MatrixTensor.Stacked([.. experts.Experts.Select(expert => expert.Down)]));
        return graph.Node(name, "MoE", GraphBuilder.Microsoft, [input, routerLogits, gateUp, "", down],
            ("k", experts.TopK),
            ("activation_type", "swiglu"),
            ("swiglu_fusion", 1),
            ("activation_alpha", 1f),
            ("activation_beta", 0f),
            ("normalize_routing_weights", 1));
    }

    // Gemm with transB takes the head as the embedding has it: a tied model holds it once.
    public string Head(GraphBuilder graph, string name, string input, MatrixRef head, string? embedding) =>
        graph.Node(name, "Gemm", "", [input, embedding ?? graph.Weights("lm_head.weight", MatrixTensor.Plain(head))], ("transB", 1));
}
