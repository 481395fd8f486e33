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

    /// <summary>Adds a node that computes in fp16 between activations of <paramref name="type"/>.</summary>
    public static string InHalves(
        GraphBuilder graph, string name, string input, OnnxType type, Func<string, (string Operation, string[] Inputs, OnnxAttribute[] Attributes)> node)
    {
        if (type == OnnxType.Float16)
        {
            var (operation, inputs, attributes) = node(input);
            return graph.Node(name, operation, GraphBuilder.Microsoft, inputs, attributes);
        }

        var halves = Cast(graph, $"{name}.input", input, OnnxType.Float16);
        var (wrapped, wrappedInputs, wrappedAttributes) = node(halves);
        return Cast(graph, name, graph.Node($"{name}.halves", wrapped, GraphBuilder.Microsoft, wrappedInputs, wrappedAttributes), type);
    }

    /// <summary>Adds a conversion.</summary>
    public static string Cast(GraphBuilder graph, string name, string input, OnnxType type) =>
        graph.Node(name, "Cast", "", [input], ("to", (long)type));
}
