using Granary.Models.Architectures;
using Granary.Models.Catalog;
using Granary.Models.Onnx.Formats;

namespace Granary.Models.Onnx;

/// <summary>Writes the graph of some experts of a layer; <see cref="ISegmentGraphs.Experts"/> has its inputs and output.</summary>
internal static class ExpertGraph
{
    /// <summary>The graph.</summary>
    /// <param name="moe">The layer's experts.</param>
    /// <param name="plan">How they are stored.</param>
    /// <param name="graph">An empty graph, which knows where weights lie.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="experts">Which of its experts.</param>
    public static GraphBuilder Build(MoeFeedForward moe, WeightPlan plan, GraphBuilder graph, int layer, IReadOnlyList<int> experts)
    {
        var hidden = moe.Experts[0].Down.Rows;
        var input = graph.Input("expert_input", OnnxType.Float, "tokens", hidden);
        var tokens = graph.Input("tokens", OnnxType.Int64, "choices");
        var counts = graph.Input("counts", OnnxType.Int64, experts.Count);
        var gathered = graph.Node("gathered", "Gather", "", [input, tokens]); // [N, H]
        string[] slices = [.. experts.Select(expert => $"rows.{expert}")];
        graph.Node("split", "Split", "", [gathered, counts], slices, ("axis", 0));
        var name = DecoderGraph.ExpertsName(layer, moe);
        var outputs = experts.Select((expert, index) => plan[ModelPart.Experts].Expert(graph, name, slices[index], moe, expert)).ToList();
        graph.Node("expert_output", "Concat", "", outputs, ("axis", 0));
        graph.Output("expert_output", OnnxType.Float, "choices", hidden);
        return graph;
    }
}
