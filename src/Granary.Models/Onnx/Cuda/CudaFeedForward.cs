using Granary.Models.Architectures;
using Granary.Models.Catalog;

namespace Granary.Models.Onnx.Cuda;

/// <summary>The second half of a layer.</summary>
internal static class CudaFeedForward
{
    /// <summary>down(SiLU(gate(x)) · up(x)).</summary>
    public static string Dense(GraphBuilder graph, CudaWeightPlan plan, string name, DenseFeedForward dense, string input)
    {
        var format = plan[ModelPart.FeedForward];
        var both = format.MatMul(graph, $"{name}.gate_up", input, [dense.Gate, dense.Up]);
        string[] halves = [$"{name}.gate", $"{name}.up"];
        graph.Node($"{name}.split", "Split", "", [both, graph.Constant(dense.Gate.Weight.Rows, dense.Up.Weight.Rows)], halves, ("axis", -1));
        var product = CudaSwiGlu.Add(graph, $"{name}.product", halves[0], halves[1], dense.Gate.Weight.Rows, plan.Activations);
        return format.MatMul(graph, $"{name}.down", product, [dense.Down]);
    }

    /// <summary>The chosen experts' sum.</summary>
    public static string Moe(GraphBuilder graph, CudaWeightPlan plan, string name, MoeFeedForward moe, string input)
    {
        var wide = CudaExperts.Convert(graph, $"{name}.wide", input, plan.Activations, OnnxType.Float);
        var logits = CudaWeightPlan.Router.MatMul(graph, $"{name}.router", wide, [moe.Router]);
        var flat = graph.Node($"{name}.router_rows", "Reshape", "", [logits, graph.Constant(-1, moe.Experts.Count)]);
        var converted = CudaExperts.Convert(graph, $"{name}.router_narrow", flat, OnnxType.Float, CudaExperts.TypeFor(plan.Activations));
        var normalized = plan[ModelPart.Experts].Experts(graph, moe.Normalize ? name : $"{name}.normalized", input, converted, moe);
        if (moe.Normalize)
        {
            return normalized;
        }

        // The operator always scales the chosen experts' weights to sum to 1: undo it with what they summed to.
        var probabilities = graph.Node($"{name}.probabilities", "Softmax", "", [logits], ("axis", -1));
        var chosen = $"{name}.chosen";
        graph.Node(chosen, "TopK", "", [probabilities, graph.Constant(moe.TopK)], [chosen, $"{chosen}.experts"], ("axis", -1));
        var sum = graph.Node($"{name}.scale.fp32", "ReduceSum", "", [chosen, graph.Constant(-1)], ("keepdims", 1));
        return graph.Node(name, "Mul", "", [normalized, CudaExperts.Convert(graph, $"{name}.scale", sum, OnnxType.Float, plan.Activations)]);
    }
}
