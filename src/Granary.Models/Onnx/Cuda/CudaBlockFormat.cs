using Granary.Models.Architectures;
using Granary.Models.Onnx.Formats;
using Granary.Models.Onnx.Weights;

namespace Granary.Models.Onnx.Cuda;

/// <summary>Symmetric blocks of 4 or 8 bits between fp16 activations: MatMulNBits, and QMoE for experts.</summary>
internal sealed class CudaBlockFormat(int bits) : IWeightFormat
{
    private const OnnxType Activations = OnnxType.Float16;

    private static readonly CudaFloatFormat Fp16 = new(Activations);

    public string MatMul(GraphBuilder graph, string name, string input, IReadOnlyList<Linear> parts)
    {
        var (codes, scales) = Add(graph, name, RowSet.Stacked(parts.Select(part => part.Weight)));
        var bias = parts[0].Bias is null ? "" : graph.Weights($"{name}.bias", FloatTensor.Concatenated(Activations, parts.Select(part => part.Bias!)));
        return MatMul(graph, name, input, codes, scales, bias, parts.Sum(part => (long)part.Weight.Rows), parts[0].Weight.Columns);
    }

    public string Vector(GraphBuilder graph, string name, MatrixRef vector) => Fp16.Vector(graph, name, vector);

    // Only the rows of a step's tokens are read, so that nothing is gained by narrowing them.
    public string Embed(GraphBuilder graph, string name, string ids, MatrixRef embedding) => Fp16.Embed(graph, name, ids, embedding);

    public string Head(GraphBuilder graph, string name, string input, MatrixRef head, bool tied)
    {
        var (codes, scales) = Add(graph, "lm_head", RowSet.Stacked([head]));
        return MatMul(graph, name, input, codes, scales, "", head.Rows, head.Columns);
    }

    public string Experts(GraphBuilder graph, string name, string input, string routerLogits, MoeFeedForward experts)
    {
        var all = experts.Experts;
        var (hidden, intermediate) = (all[0].Gate.Columns, all[0].Down.Columns);
        if (hidden % BlockQuantizer.BlockLength != 0 || intermediate % BlockQuantizer.BlockLength != 0)
        {
            return Fp16.Experts(graph, name, input, routerLogits, experts); // the operator takes whole blocks alone
        }

        var gateUp = Add(graph, $"{name}.gate_up", RowSet.Interleaved([.. all.Select(expert => (expert.Gate, expert.Up))]), all.Count);
        var down = Add(graph, $"{name}.down", RowSet.Stacked(all.Select(expert => expert.Down)), all.Count);
        return graph.Node(name, "QMoE", GraphBuilder.Microsoft, [input, routerLogits, gateUp.Codes, gateUp.Scales, "", down.Codes, down.Scales, ""],
        [
            .. CudaExperts.Attributes(experts),
            ("expert_weight_bits", bits),
            ("block_size", BlockQuantizer.BlockLength),
            ("weights_prepacked", 0),
        ]);
    }

    private (string Codes, string Scales) Add(GraphBuilder graph, string name, RowSet rows)
    {
        var matrix = new QuantizedMatrix(rows, bits, BlockQuantizer.BlockLength, Activations);
        return (graph.Weights($"{name}.codes", matrix.Codes), graph.Weights($"{name}.scales", matrix.Scales));
    }

    // [E, N, K·bits/8] and [E, N, K/32].
    private (string Codes, string Scales) Add(GraphBuilder graph, string name, RowSet rows, int experts)
    {
        var (codes, scales) = Add(graph, name, rows);
        var each = rows.Rows / experts;
        return (
            graph.Reshaped(codes, $"{codes}.experts", experts, each, (long)rows.Columns * bits / 8),
            graph.Reshaped(scales, $"{scales}.experts", experts, each, rows.Columns / BlockQuantizer.BlockLength));
    }

    private string MatMul(GraphBuilder graph, string name, string input, string codes, string scales, string bias, long rows, long columns)
    {
        string[] inputs = bias.Length == 0 ? [input, codes, scales] : [input, codes, scales, "", "", bias];
        return graph.Node(name, "MatMulNBits", GraphBuilder.Microsoft, inputs,
            ("N", rows),
            ("K", columns),
            ("bits", bits),
            ("block_size", BlockQuantizer.BlockLength));
    }
}
