namespace Granary.Models.Onnx.Cuda;

/// <summary>Selects the best logits of each row.</summary>
/// <remarks>
/// ONNX Runtime's TopK gives a row to one block of threads, which takes longer for a vocabulary than the head itself. The K best
/// logits lie in the K groups whose largest logits are the best: so the groups' maxima are searched, then those groups.
/// </remarks>
internal static class CudaTopLogits
{
    /// <summary>Adds the outputs <c>top_logits</c> f32 [R, K], falling, and <c>top_tokens</c> i64 [R, K].</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="logits">f32 [R, vocabulary].</param>
    /// <param name="vocabulary">Its width.</param>
    /// <param name="count">K.</param>
    public static void Select(GraphBuilder graph, string logits, int vocabulary, int count)
    {
        graph.Output("top_logits", OnnxType.Float, "rows", count);
        graph.Output("top_tokens", OnnxType.Int64, "rows", count);
        var width = GroupWidth(vocabulary, count);
        if (width == 0)
        {
            Best(graph, "top", logits, count, "top_logits", "top_tokens");
            return;
        }

        var groups = vocabulary / width;
        var grouped = graph.Node("top.grouped", "Reshape", "", [logits, graph.Constant(-1, groups, width)]);
        var maxima = graph.Node("top.maxima", "ReduceMax", "", [grouped, graph.Constant(-1)], ("keepdims", 0));
        Best(graph, "top.groups", maxima, count, "top.groups.logits", "top.groups");

        // The ids of all tokens of these groups. (GatherND would fetch the groups in one step, but not in a CUDA graph: its sizes are copied
        // from host memory that is gone when the graph is replayed.)
        var chosen = graph.Node("top.chosen", "Reshape", "", ["top.groups", graph.Constant(-1, count, 1)]);
        var starts = graph.Node("top.starts", "Mul", "", [chosen, graph.Constant(width)]);
        var numbers = graph.Weights("top.numbers", new CountingTensor(width));
        var ids = graph.Node("top.ids", "Add", "", [starts, numbers]);
        var flat = graph.Node("top.ids.flat", "Reshape", "", [ids, graph.Constant(-1, count * width)]);
        var candidates = graph.Node("top.candidates", "GatherElements", "", [logits, flat], ("axis", 1));
        Best(graph, "top", candidates, count, "top_logits", "top.places");
        graph.Node("top_tokens", "GatherElements", "", [flat, "top.places"], ("axis", 1));
    }

    // Wide groups make the second search long, narrow ones the first.
    private static int GroupWidth(int vocabulary, int count)
    {
        foreach (var width in (int[])[vocabulary > 65536 ? 64 : 32, 32, 16])
        {
            if (vocabulary % width == 0 && vocabulary / width >= 4 * count)
            {
                return width;
            }
        }

        return 0;
    }

    private static void Best(GraphBuilder graph, string name, string input, int count, string values, string places) =>
        graph.Node(name, "TopK", "", [input, graph.Constant(count)], [values, places], ("axis", -1), ("largest", 1), ("sorted", 1));
}
