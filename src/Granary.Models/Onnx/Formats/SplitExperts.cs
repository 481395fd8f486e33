using Granary.Models.Architectures;

namespace Granary.Models.Onnx.Formats;

/// <summary>
/// Every expert as matrix multiplications of its own: the T·k choices of T tokens are sorted by expert, each expert gets its slice,
/// and the results are put back and summed by weight. An expert that nobody chose multiplies no rows.
/// </summary>
internal static class SplitExperts
{
    /// <inheritdoc cref="IWeightFormat.Experts"/>
    public static string Add(GraphBuilder graph, string name, string input, string routerLogits, MoeFeedForward moe, IWeightFormat format)
    {
        var (experts, k, hidden) = (moe.Experts.Count, moe.TopK, moe.Experts[0].Down.Rows);
        string best = $"{name}.best", chosen = $"{name}.chosen_experts", sorted = $"{name}.sorted", order = $"{name}.order";
        graph.Node(best, "TopK", "", [routerLogits, graph.Constant(k)], [best, chosen], ("axis", -1)); // [T, k]
        var weights = graph.Node($"{name}.weights", "Softmax", "", [best], ("axis", -1));

        // TopK with as many as there are sorts; it keeps the order of equals.
        var choices = graph.Node($"{name}.choices", "Reshape", "", [chosen, graph.Constant(-1)]); // [T·k]
        var all = graph.Node($"{name}.choice_count", "Shape", "", [choices]);
        graph.Node(sorted, "TopK", "", [choices, all], [sorted, order], ("axis", 0), ("largest", 0));
        var isExpert = graph.Node($"{name}.is_expert", "Equal", "", [graph.Column(experts), choices]); // [E, T·k]
        var counted = graph.Node($"{name}.counted", "Cast", "", [isExpert], ("to", (long)OnnxType.Int64));
        var counts = graph.Node($"{name}.counts", "ReduceSum", "", [counted, graph.Constant(1)], ("keepdims", 0)); // [E]

        var rows = graph.Node($"{name}.rows", "Reshape", "", [input, graph.Constant(-1, hidden)]); // [T, H]
        var tokens = graph.Node($"{name}.tokens", "Div", "", [order, graph.Constant(k)]);
        var gathered = graph.Node($"{name}.gathered", "Gather", "", [rows, tokens]); // [T·k, H]
        string[] slices = [.. Enumerable.Range(0, experts).Select(expert => $"{name}.{expert}.rows")];
        graph.Node($"{name}.split", "Split", "", [gathered, counts], slices, ("axis", 0));
        var outputs = slices.Select((slice, index) => Expert(graph, name, slice, moe, index, format)).ToList();
        var joined = graph.Node($"{name}.joined", "Concat", "", outputs, ("axis", 0));

        // The order of the order is the way back.
        string ascending = $"{name}.ascending", back = $"{name}.back";
        graph.Node(ascending, "TopK", "", [order, all], [ascending, back], ("axis", 0), ("largest", 0));
        var returned = graph.Node($"{name}.returned", "Gather", "", [joined, back]);
        var byToken = graph.Node($"{name}.by_token", "Reshape", "", [returned, graph.Constant(-1, k, hidden)]);
        var weightRows = graph.Node($"{name}.weight_rows", "Reshape", "", [weights, graph.Constant(-1, 1, k)]);
        var sums = graph.Node($"{name}.sums", "MatMul", "", [weightRows, byToken]); // [T, 1, H]
        return graph.Node(name, "Reshape", "", [sums, graph.Node($"{name}.shape", "Shape", "", [input])]);
    }

    /// <summary>One expert of rows [N, hidden].</summary>
    public static string Expert(GraphBuilder graph, string name, string input, MoeFeedForward moe, int index, IWeightFormat format)
    {
        var expert = moe.Experts[index];
        name = $"{name}.{index}";
        var gate = format.MatMul(graph, $"{name}.gate", input, [new Linear(expert.Gate)]);
        var up = format.MatMul(graph, $"{name}.up", input, [new Linear(expert.Up)]);
        var activated = graph.Node($"{name}.silu", "QuickGelu", GraphBuilder.Microsoft, [gate], ("alpha", 1f));
        var product = graph.Node($"{name}.product", "Mul", "", [activated, up]);
        return format.MatMul(graph, $"{name}.down", product, [new Linear(expert.Down)]);
    }
}
