using Granary.Models.Architectures;
using Granary.Models.Catalog;
using Granary.Models.Onnx.Weights;

namespace Granary.Models.Onnx.Cuda;

/// <summary>
/// Writes the graph of a decoder for ONNX Runtime's CUDA provider; <see cref="ModelManifest"/> has its inputs and outputs.
/// At batch 1 a step is as long as its launches are many: the graph is written for few of them.
/// </summary>
internal sealed class CudaDecoderGraph
{
    /// <summary>Most logits that the graph selects of each row: what sampling needs in nearly all cases.</summary>
    public const int TopLogits = 64;

    private readonly Decoder _decoder;
    private readonly CudaWeightPlan _plan;
    private readonly OnnxType _type;
    private readonly GraphBuilder _graph;

    private CudaDecoderGraph(Decoder decoder, CudaWeightPlan plan, string dataFile)
    {
        _decoder = decoder;
        _plan = plan;
        _type = plan.Activations;
        _graph = new GraphBuilder(dataFile);
    }

    /// <summary>The graph of <paramref name="decoder"/> with its weights laid out but not yet written.</summary>
    public static GraphBuilder Build(Decoder decoder, CudaWeightPlan plan, string dataFile)
    {
        var graph = new CudaDecoderGraph(decoder, plan, dataFile);
        graph.Build();
        return graph._graph;
    }

    private void Build()
    {
        var config = _decoder.Config;
        var ids = _graph.Input("input_ids", OnnxType.Int64, "batch", "tokens");
        _graph.Input("seqlens_k", OnnxType.Int32, "batch");
        _graph.Input("total_sequence_length", OnnxType.Int32, 1);
        var rows = _graph.Input("logit_rows", OnnxType.Int64, "rows");

        // One position more than the context has: a row that pads a batch stands behind the last token of a full slot.
        var rope = config.Rope with { MaxPositions = config.Rope.MaxPositions + 1 };
        CudaExperts.Cast(_graph, "rope.cos", _graph.Weights("rope.cos.fp32", RotaryTable.Cosines(rope, config.HeadDim)), _type);
        CudaExperts.Cast(_graph, "rope.sin", _graph.Weights("rope.sin.fp32", RotaryTable.Sines(rope, config.HeadDim)), _type);

        var residual = _plan[ModelPart.Embedding].Embed(_graph, "embed", ids, _decoder.Embedding);
        string? delta = null;
        for (var index = 0; index < _decoder.Layers.Count; index++)
        {
            (residual, delta) = Layer($"layers.{index}", index, _decoder.Layers[index], residual, delta);
        }

        var (hidden, _) = Norm("final_norm", _decoder.FinalNorm, residual, delta);
        var flat = _graph.Node("flat", "Reshape", "", [hidden, _graph.Constant(-1, config.HiddenSize)]);
        var wanted = _graph.Node("wanted", "Gather", "", [flat, rows]);
        var narrow = _plan[ModelPart.Head].Head(_graph, "head", wanted, _decoder.Head, tied: _decoder.Head == _decoder.Embedding);
        CudaExperts.Cast(_graph, "logits", narrow, OnnxType.Float);
        _graph.Output("logits", OnnxType.Float, "rows", config.VocabularySize);

        // fp16 is searched faster than fp32, and holds the same numbers; there is no search of bf16.
        CudaTopLogits.Select(
            _graph, _type == OnnxType.Float16 ? narrow : "logits", _type == OnnxType.Float16 ? OnnxType.Float16 : OnnxType.Float, config.VocabularySize, Math.Min(TopLogits, config.VocabularySize));
    }

    /// <summary>One layer: the residual before its last addition, and what is to be added.</summary>
    private (string Residual, string Delta) Layer(string name, int index, DecoderLayer layer, string residual, string? delta)
    {
        (var normed, residual) = Norm($"{name}.input_norm", layer.InputNorm, residual, delta);
        delta = Attention($"{name}.attention", index, layer.Attention, normed);
        (normed, residual) = Norm($"{name}.post_attention_norm", layer.PostAttentionNorm, residual, delta);
        delta = layer.FeedForward switch
        {
            DenseFeedForward dense => CudaFeedForward.Dense(_graph, _plan, $"{name}.mlp", dense, normed),
            MoeFeedForward moe => CudaFeedForward.Moe(_graph, _plan, $"{name}.moe", moe, normed),
            _ => throw new InvalidOperationException($"No graph for {layer.FeedForward.GetType().Name}."),
        };
        return (residual, delta);
    }

    /// <summary>RMS norm of residual + delta, and that sum.</summary>
    private (string Normed, string Residual) Norm(string name, MatrixRef gamma, string residual, string? delta)
    {
        var weight = _plan[ModelPart.Norms].Vector(_graph, $"{name}.weight", gamma);
        var epsilon = _decoder.Config.NormEpsilon;
        if (delta is null)
        {
            _graph.Node(name, "SimplifiedLayerNormalization", "", [residual, weight], ("axis", -1), ("epsilon", epsilon), ("stash_type", 1));
            return (name, residual);
        }

        var sum = $"{name}.sum";
        _graph.Node(name, "SkipSimplifiedLayerNormalization", GraphBuilder.Microsoft, [residual, delta, weight], [name, "", "", sum], ("epsilon", epsilon));
        return (name, sum);
    }

    private string Attention(string name, int index, AttentionBlock attention, string input)
    {
        var config = _decoder.Config;
        var format = _plan[ModelPart.Attention];
        var packed = format.MatMul(_graph, $"{name}.qkv", input, [attention.Query, attention.Key, attention.Value]);
        object[] cache = ["batch", config.KvHeadCount, "slot_length", config.HeadDim];
        var pastKey = _graph.Input($"past_key_values.{index}.key", _type, cache);
        var pastValue = _graph.Input($"past_key_values.{index}.value", _type, cache);
        _graph.Output($"present.{index}.key", _type, cache);
        _graph.Output($"present.{index}.value", _type, cache);
        string[] heads = [packed, "", ""];
        string[] norms = [];
        if (attention is { QueryNorm: { } queryNorm, KeyNorm: { } keyNorm })
        {
            // The operator normalises heads itself, but not those of packed rows.
            heads = [$"{name}.q", $"{name}.k", $"{name}.v"];
            var (queries, keys) = (config.HeadCount * config.HeadDim, config.KvHeadCount * config.HeadDim);
            _graph.Node($"{name}.split", "Split", "", [packed, _graph.Constant(queries, keys, keys)], heads, ("axis", -1));
            var vectors = _plan[ModelPart.Norms];
            norms = ["", "", "", "", "", vectors.Vector(_graph, $"{name}.q_norm.weight", queryNorm), vectors.Vector(_graph, $"{name}.k_norm.weight", keyNorm)];
        }

        OnnxAttribute[] epsilon = norms.Length > 0 ? [("qk_norm_epsilon", config.NormEpsilon)] : [];
        _graph.Node(name, "GroupQueryAttention", GraphBuilder.Microsoft,
            [.. heads, pastKey, pastValue, "seqlens_k", "total_sequence_length", "rope.cos", "rope.sin", .. norms],
            [name, $"present.{index}.key", $"present.{index}.value"],
            [
                ("num_heads", config.HeadCount),
                ("kv_num_heads", config.KvHeadCount),
                ("do_rotary", 1),
                ("rotary_interleaved", 0),
                ("local_window_size", attention.Window is { } window && window < config.Rope.MaxPositions ? window : -1),
                .. epsilon,
            ]);
        return format.MatMul(_graph, $"{name}.out", name, [attention.Output]);
    }
}
