namespace Granary.Engine.Kernels;

/// <summary>Puts Granary's operators in the place of ONNX Runtime's in a graph that computes one token at a time. Numbers are the field numbers of ONNX's messages.</summary>
internal static class OneRowGraph
{
    /// <summary>The domain of Granary's operators.</summary>
    public const string Domain = "granary";

    /// <summary>The graph with other operators.</summary>
    /// <param name="model">An ONNX model.</param>
    /// <returns><see langword="null"/> where nothing is gained, or where a second session would hold weights a second time.</returns>
    /// <exception cref="InvalidDataException">This is no model.</exception>
    public static byte[]? Rewrite(ReadOnlySpan<byte> model)
    {
        var written = new MemoryStream(model.Length);
        bool isRewritten = false;
        for (ProtoFields fields = new(model); fields.Next();)
        {
            if (fields.Number != 7) // graph
            {
                written.Write(fields.Whole);
            }
            else if (RewriteGraph(fields.Payload) is { } graph)
            {
                ProtoFields.Write(written, 7, graph);
                isRewritten = true;
            }
        }

        if (!isRewritten)
        {
            return null;
        }

        var domain = new MemoryStream();
        ProtoFields.Write(domain, 1, Domain);
        ProtoFields.Write(written, 8, [.. domain.ToArray(), 2 << 3, 1]); // opset_import, version 1
        return written.ToArray();
    }

    private static byte[]? RewriteGraph(ReadOnlySpan<byte> message)
    {
        var graph = new NodeGraph(message);
        if (graph.Nodes.Any(IsPacked))
        {
            return null;
        }

        int split = graph.Replace(node => SplitExperts(graph, node));
        int replaced = split + graph.Replace(InFourBits) + graph.Replace(node => Rounded(graph, node));
        if (replaced == 0)
        {
            return null;
        }

        if (split > 0)
        {
            graph.Replace(node => InFloats(graph, node)); // without packed weights ONNX Runtime's are slow
        }

        graph.Replace(node => Routed(graph, node));
        graph.Replace(node => Attention(graph, node));
        return graph.Write();
    }

    // Blocks of 8 bits are fast with packed weights alone.
    private static bool IsPacked(GraphNode node) => node.Operation is "MatMulNBits" or "QMoE" && (node.Number("bits") ?? node.Number("expert_weight_bits")) != 4;

    private static GraphNode? InFourBits(GraphNode node) => node.Operation is "MatMulNBits" or "QMoE" ? node with { Domain = Domain } : null;

    // The product of w8a8, with what rounds the activations and what scales the product by them.
    private static GraphNode? Rounded(NodeGraph graph, GraphNode node) =>
        node.Operation == "Mul"
        && graph.Giver(node.Inputs[0], "MatMulIntegerToFloat") is { } product
        && graph.Behind(product.Inputs[0], "Cast", "Add", "Round", "Div") is { } input
        && graph.AreConstant(product.Inputs[1], product.Inputs[3])
            ? new GraphNode(OneRowIntegers.Name, Domain, [input, product.Inputs[1], product.Inputs[3]], node.Outputs, [])
            : null;

    // Experts of floats with all that sorts tokens by expert and puts the results back.
    private static GraphNode? SplitExperts(NodeGraph graph, GraphNode node)
    {
        if (node.Operation != "Reshape"
            || graph.Behind(node.Inputs[1], "Shape") is not { } input
            || graph.Giver(node.Inputs[0], "MatMul") is not { } sums
            || graph.Behind(sums.Inputs[0], "Reshape", "Softmax") is not { } best
            || graph.Giver(best, "TopK") is not { } choice
            || graph.Giver(choice.Inputs[0], "Reshape") is not { } logits
            || graph.Giver(logits.Inputs[0], "MatMul") is not { } router
            || graph.Behind(sums.Inputs[1], "Reshape", "Gather") is not { } joined
            || graph.Giver(joined, "Concat") is not { } experts
            || !graph.AreConstant(router.Inputs[1], choice.Inputs[1]))
        {
            return null;
        }

        List<string> inputs = [input, router.Inputs[1], choice.Inputs[1]];
        foreach (string expert in experts.Inputs)
        {
            if (graph.Giver(expert, "MatMul") is not { } down
                || graph.Giver(down.Inputs[0], "Mul") is not { } product
                || graph.Behind(product.Inputs[0], "QuickGelu") is not { } activated
                || graph.Giver(activated, "MatMul") is not { } gate
                || graph.Giver(product.Inputs[1], "MatMul") is not { } up
                || !graph.AreConstant(gate.Inputs[1], up.Inputs[1], down.Inputs[1]))
            {
                return null;
            }

            inputs.AddRange([gate.Inputs[1], up.Inputs[1], down.Inputs[1]]);
        }

        return new GraphNode(OneRowFloatExperts.Name, Domain, inputs, node.Outputs, []);
    }

    // What is left of a model whose experts were floats.
    private static GraphNode? InFloats(NodeGraph graph, GraphNode node) =>
        (node.Operation == "MatMul" || (node.Operation == "Gemm" && node.Inputs.Count == 2 && node.Number("transB") == 1)) && graph.AreConstant(node.Inputs[1])
            ? node with { Domain = Domain, Attributes = [] }
            : null;

    // Experts compute their router, too.
    private static GraphNode? Routed(NodeGraph graph, GraphNode node) =>
        node.Operation == "QMoE"
        && graph.Giver(node.Inputs[OneRowExperts.LogitsInput], "Reshape") is { } logits
        && graph.Giver(logits.Inputs[0], "MatMul") is { } router
        && router.Inputs[0] == node.Inputs[0]
        && graph.AreConstant(router.Inputs[1])
            ? node with { Inputs = [node.Inputs[0], "", .. node.Inputs.Skip(2), router.Inputs[1]] }
            : null;

    // Attention, with the norms of heads where they are.
    private static GraphNode? Attention(NodeGraph graph, GraphNode node)
    {
        if (node.Operation != "GroupQueryAttention" || node.Number("do_rotary") != 1 || node.Number("rotary_interleaved") != 0 || node.Inputs.Count != 9
            || node.Only("scale", "softcap", "smooth_softmax").Length > 0)
        {
            return null;
        }

        byte[] attributes = node.Only("num_heads", "local_window_size");
        if (node.Inputs[1].Length == 0)
        {
            return new GraphNode(OneRowAttention.Name, Domain, Inputs(node.Inputs[0]), node.Outputs, attributes);
        }

        // Heads that are normed come from a split of what is packed.
        return Norm(node.Inputs[0]) is { } query
            && Norm(node.Inputs[1]) is { } key
            && graph.Giver(node.Inputs[2], "Split") is { } split
            && split.Outputs is [var queries, var keys, var values]
            && queries == graph.Behind(query.Inputs[0], "Reshape")
            && keys == graph.Behind(key.Inputs[0], "Reshape")
            && values == node.Inputs[2]
                ? new GraphNode(OneRowAttention.Name, Domain, [.. Inputs(split.Inputs[0]), query.Inputs[1], key.Inputs[1]], node.Outputs, [.. attributes, .. query.Only("epsilon")])
                : null;

        string[] Inputs(string packed) => [packed, node.Inputs[3], node.Inputs[4], node.Inputs[5], node.Inputs[7], node.Inputs[8]];

        GraphNode? Norm(string heads) => graph.Giver(graph.Behind(heads, "Reshape") ?? "", "SimplifiedLayerNormalization");
    }
}
