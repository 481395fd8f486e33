using Granary.Models.Architectures;

namespace Granary.Models.Onnx.Cuda;

/// <summary>What the operators for experts in floats and in blocks have in common.</summary>
internal static class CudaExperts
{
    /// <summary>Attributes of both operators.</summary>
    public static OnnxAttribute[] Attributes(MoeFeedForward experts) =>
    [
        ("k", experts.TopK),
        ("activation_type", "swiglu"),
        ("swiglu_fusion", 1),
        ("activation_alpha", 1f),
        ("activation_beta", 0f),
        ("normalize_routing_weights", 1),
    ];

    /// <summary>What experts compute in between <paramref name="activations"/>: ONNX Runtime's bf16 operator computes wrong numbers.</summary>
    public static OnnxType TypeFor(OnnxType activations) => activations == OnnxType.BFloat16 ? OnnxType.Float16 : activations;

    /// <summary>Adds a node that computes in <see cref="TypeFor"/> between <paramref name="activations"/>.</summary>
    public static string InTheirType(
        GraphBuilder graph, string name, string input, OnnxType activations, Func<string, (string Operation, string[] Inputs, OnnxAttribute[] Attributes)> node)
    {
        var type = TypeFor(activations);
        var output = type == activations ? name : $"{name}.narrow";
        var (operation, inputs, attributes) = node(Convert(graph, $"{name}.input", input, activations, type));
        graph.Node(output, operation, GraphBuilder.Microsoft, inputs, attributes);
        return Convert(graph, name, output, type, activations);
    }

    /// <summary>Adds a conversion where two types differ.</summary>
    public static string Convert(GraphBuilder graph, string name, string input, OnnxType from, OnnxType to) =>
        from == to ? input : Cast(graph, name, input, to);

    /// <summary>Adds a conversion.</summary>
    public static string Cast(GraphBuilder graph, string name, string input, OnnxType type) =>
        graph.Node(name, "Cast", "", [input], ("to", (long)type));
}
