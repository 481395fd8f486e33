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
        // One length for both matrices: the operator has one attribute.
        var block = BlockLengths.For(longestBlock, moe.Experts[0].Gate.Columns, moe.Experts[0].Down.Columns);

        // Rows g0, u0, g1, u1, …: the only layout of gated experts that ONNX Runtime computes on CPU.
        var (gateUpCodes, gateUpScales) = Weights(graph, $"{name}.gate_up", RowSet.Interleaved([.. moe.Experts.Select(expert => (expert.Gate, expert.Up))]), moe, bits, block);
        var (downCodes, downScales) = Weights(graph, $"{name}.down", RowSet.Stacked(moe.Experts.Select(expert => expert.Down)), moe, bits, block);
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
