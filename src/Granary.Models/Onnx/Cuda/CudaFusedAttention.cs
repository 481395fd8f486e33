using Granary.Models.Architectures;
using Granary.Models.Catalog;
using Granary.Models.Checkpoints;

namespace Granary.Models.Onnx.Cuda;

/// <summary>Attention as one launch, ONNX Runtime's GroupQueryAttention, which on CUDA takes activations of 16 bits alone.</summary>
internal sealed class CudaFusedAttention(GraphBuilder graph, ModelConfig config, CudaWeightPlan plan) : CudaAttention(graph, config, plan)
{
    protected override string Attend(string name, int layer, AttentionBlock block, string packed)
    {
        string[] heads = [packed, "", ""];
        string[] norms = [];
        if (block is { QueryNorm: { } queryNorm, KeyNorm: { } keyNorm })
        {
            // The operator normalises heads itself, but not those of packed rows.
            heads = Split(name, packed);
            var vectors = Plan[ModelPart.Norms];
            norms = ["", "", "", "", "", vectors.Vector(Graph, $"{name}.q_norm.weight", queryNorm), vectors.Vector(Graph, $"{name}.k_norm.weight", keyNorm)];
        }

        OnnxAttribute[] epsilon = norms.Length > 0 ? [("qk_norm_epsilon", Config.NormEpsilon)] : [];
        Graph.Node(name, "GroupQueryAttention", GraphBuilder.Microsoft,
            [.. heads, $"past_key_values.{layer}.key", $"past_key_values.{layer}.value", "seqlens_k", "total_sequence_length", Cosines, Sines, .. norms],
            [name, $"present.{layer}.key", $"present.{layer}.value"],
            [
                ("num_heads", Config.HeadCount),
                ("kv_num_heads", Config.KvHeadCount),
                ("do_rotary", 1),
                ("rotary_interleaved", 0),
                ("local_window_size", WindowOf(block) ?? -1),
                .. epsilon,
            ]);
        return name;
    }
}
