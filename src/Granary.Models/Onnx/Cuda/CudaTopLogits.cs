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
    /// <param name="logits">[R, vocabulary].</param>
    /// <param name="type">Theirs: f32 or fp16.</param>
    /// <param name="vocabulary">Its width.</param>
    /// <param name="count">K.</param>
    public static void Select(GraphBuilder graph, string logits, OnnxType type, int vocabulary, int count)
    {
        graph.Output("top_logits", OnnxType.Float, "rows", count);
        graph.Output("top_tokens", OnnxType.Int64, "rows", count);
        var best = type == OnnxType.Float ? "top_logits" : "top_logits.narrow";
        var width = GroupWidth(vocabulary, count);
        if (width == 0)
        {
            Best(graph, "top", logits, count, best, "top_tokens");
        }
        else
        {
            SelectByGroups(graph, logits, vocabulary, count, width, best);
        }

        if (type != OnnxType.Float)
        {
            CudaExperts.Cast(graph, "top_logits", best, OnnxType.Float);
        }
    }

    private static void SelectByGroups(GraphBuilder graph, string logits, int vocabulary, int count, int width, string best)
    {
        // The maxima by a pooling: one launch, where ReduceMax takes three.
        var groups = vocabulary / width;
        var line = graph.Node("top.line", "Reshape", "", [logits, graph.Constant(-1, 1, vocabulary)]);
        var pooled = graph.Node("top.pooled", "MaxPool", "", [line], ("kernel_shape", new long[] { width }), ("strides", new long[] { width }));
        var maxima = graph.Node("top.maxima", "Reshape", "", [pooled, graph.Constant(-1, groups)]);
        Best(graph, "top.groups", maxima, count, "top.groups.logits", "top.groups", sorted: 0);

        // The ids of all tokens of these groups. (GatherND would fetch the groups' logits in one step, but not in a CUDA graph: its sizes are
        // copied from host memory that is gone when the graph is replayed.)
        var table = graph.Weights("top.ids.table", new CountingTensor(groups, width));
        var ids = graph.Node("top.ids", "Gather", "", [table, "top.groups"]);
        var flat = graph.Node("top.ids.flat", "Reshape", "", [ids, graph.Constant(-1, count * width)]);
        var candidates = graph.Node("top.candidates", "GatherElements", "", [logits, flat], ("axis", 1));
        Best(graph, "top", candidates, count, best, "top.places");
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

    private static void Best(GraphBuilder graph, string name, string input, int count, string values, string places, int sorted = 1) =>
        graph.Node(name, "TopK", "", [input, graph.Constant(count)], [values, places], ("axis", -1), ("largest", 1), ("sorted", sorted));
}
