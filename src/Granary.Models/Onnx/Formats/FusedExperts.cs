using Granary.Models.Architectures;
using Granary.Models.Onnx.Weights;

namespace Granary.Models.Onnx.Formats;

/// <summary>All experts of a layer in one QMoE node. Fast where ONNX Runtime multiplies the blocks as they are: since 1.31; before, it dequantised them in every call.</summary>
internal static class FusedExperts
{
    /// <summary>Whether the operator takes experts of these sizes.</summary>
    public static bool Fit(MoeFeedForward moe) =>
        moe.Experts[0].Gate.Columns % BlockQuantizer.BlockLength == 0 && moe.Experts[0].Down.Columns % BlockQuantizer.BlockLength == 0;

    /// <inheritdoc cref="IWeightFormat.Experts"/>
    public static string Add(GraphBuilder graph, string name, string input, string routerLogits, MoeFeedForward moe, int bits, int longestBlock)
    {
        var block = BlockOf(moe, longestBlock);
        var (gateUpCodes, gateUpScales) = Weights(graph, $"{name}.gate_up", GateUp(moe), moe, bits, block);
        var (downCodes, downScales) = Weights(graph, $"{name}.down", Down(moe), moe, bits, block);
        return graph.Node(name, "QMoE", GraphBuilder.Microsoft, [input, routerLogits, gateUpCodes, gateUpScales, "", downCodes, downScales],
            ("k", moe.TopK),
            ("activation_type", "swiglu"),
            ("swiglu_fusion", 1),
            ("activation_alpha", 1f),
            ("activation_beta", 0f),
            ("normalize_routing_weights", 1),
            ("expert_weight_bits", bits),
            ("block_size", block),
            ("accuracy_level", BlockFormat.Int8Activations));
    }

    /// <summary>One expert of rows [N, hidden], computed by itself.</summary>
    public static string Expert(GraphBuilder graph, string name, string input, MoeFeedForward moe, int index, int bits, int longestBlock)
    {
        var (block, intermediate) = (BlockOf(moe, longestBlock), moe.Experts[0].Down.Columns);
        var both = MatMul(graph, $"{name}.gate_up", input, GateUp(moe), moe, index, bits, block); // [N, 2·I], g0, u0, g1, u1, …
        var pairs = graph.Node($"{name}.{index}.pairs", "Reshape", "", [both, graph.Constant(0, intermediate, 2)]);
        string gate = $"{name}.{index}.gate", up = $"{name}.{index}.up";
        graph.Node($"{name}.{index}.halves", "Split", "", [pairs, graph.Constant(1, 1)], [gate, up], ("axis", -1)); // [N, I, 1] each
        var activated = graph.Node($"{name}.{index}.silu", "QuickGelu", GraphBuilder.Microsoft, [gate], ("alpha", 1f));
        var product = graph.Node($"{name}.{index}.product", "Mul", "", [activated, up]);
        var rows = graph.Node($"{name}.{index}.product_rows", "Reshape", "", [product, graph.Constant(0, intermediate)]);
        return MatMul(graph, $"{name}.down", rows, Down(moe), moe, index, bits, block);
    }

    // One length for both matrices: the operator has one attribute.
    private static int BlockOf(MoeFeedForward moe, int longestBlock) => BlockLengths.For(longestBlock, moe.Experts[0].Gate.Columns, moe.Experts[0].Down.Columns);

    // Rows g0, u0, g1, u1, …: the only layout of gated experts that ONNX Runtime computes on CPU.
    private static RowSet GateUp(MoeFeedForward moe) => RowSet.Interleaved([.. moe.Experts.Select(expert => (expert.Gate, expert.Up))]);

    private static RowSet Down(MoeFeedForward moe) => RowSet.Stacked(moe.Experts.Select(expert => expert.Down));

    // The experts' rows lie one after the other, so that those of one are a matrix of their own.
    private static string MatMul(GraphBuilder graph, string name, string input, RowSet all, MoeFeedForward moe, int index, int bits, int block)
    {
        var matrix = new QuantizedMatrix(all, bits, block);
        var (rows, blocks, bytes) = (all.Rows / moe.Experts.Count, all.Columns / block, (long)block * bits / 8);
        var codes = graph.Slice(graph.Weights($"{name}.codes", matrix.Codes), $"{name}.{index}.codes", index * rows * blocks * bytes, rows, blocks, bytes);
        var scales = graph.Slice(graph.Weights($"{name}.scales", matrix.Scales), $"{name}.{index}.scales", index * rows * blocks, rows, blocks);
        return BlockFormat.MatMul(graph, $"{name}.{index}", [input, codes, scales], rows, all.Columns, bits, block);
    }

    // Codes [experts, rows, bytes of a row], scales [experts, rows, blocks of a row].
    private static (string Codes, string Scales) Weights(GraphBuilder graph, string name, RowSet rows, MoeFeedForward moe, int bits, int block)
    {
        var matrix = new QuantizedMatrix(rows, bits, block);
        var (experts, columns) = (moe.Experts.Count, (long)rows.Columns);
        var codes = graph.Weights($"{name}.codes", matrix.Codes);
        var scales = graph.Weights($"{name}.scales", matrix.Scales);
        return (
            graph.Reshaped(codes, $"{codes}.experts", experts, rows.Rows / experts, columns * bits / 8),
            graph.Reshaped(scales, $"{scales}.experts", experts, rows.Rows / experts, columns / block));
    }
}
