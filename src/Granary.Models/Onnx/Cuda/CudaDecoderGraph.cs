using Granary.Models.Architectures;
using Granary.Models.Catalog;

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
    private readonly GraphBuilder _graph;

    private CudaDecoderGraph(Decoder decoder, CudaWeightPlan plan, string dataFile)
    {
        _decoder = decoder;
        _plan = plan;
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
        var (config, type) = (_decoder.Config, _plan.Activations);
        var ids = _graph.Input("input_ids", OnnxType.Int64, "batch", "tokens");
        _graph.Input("seqlens_k", OnnxType.Int32, "batch");
        _graph.Input("total_sequence_length", OnnxType.Int32, 1);
        var rows = _graph.Input("logit_rows", OnnxType.Int64, "rows");

        var attention = CudaAttention.For(_graph, config, _plan);
        var residual = _plan[ModelPart.Embedding].Embed(_graph, "embed", ids, _decoder.Embedding);
        string? delta = null;
        for (var index = 0; index < _decoder.Layers.Count; index++)
        {
            (residual, delta) = Layer($"layers.{index}", index, _decoder.Layers[index], attention, residual, delta);
        }

        var (hidden, _) = Norm("final_norm", _decoder.FinalNorm, residual, delta);
        var flat = _graph.Node("flat", "Reshape", "", [hidden, _graph.Constant(-1, config.HiddenSize)]);
        var wanted = _graph.Node("wanted", "Gather", "", [flat, rows]);
        _plan[ModelPart.Head].Head(_graph, type == OnnxType.Float ? "logits" : "head", wanted, _decoder.Head, tied: _decoder.Head == _decoder.Embedding);
        if (type != OnnxType.Float)
        {
            CudaExperts.Cast(_graph, "logits", "head", OnnxType.Float);
        }

        _graph.Output("logits", OnnxType.Float, "rows", config.VocabularySize);

        // fp16 is searched faster than fp32, and holds the same numbers; there is no search of bf16.
        var (searched, searchedType) = type == OnnxType.Float16 ? ("head", type) : ("logits", OnnxType.Float);
        CudaTopLogits.Select(_graph, searched, searchedType, config.VocabularySize, Math.Min(TopLogits, config.VocabularySize));
    }

    /// <summary>One layer: the residual before its last addition, and what is to be added.</summary>
    private (string Residual, string Delta) Layer(string name, int index, DecoderLayer layer, CudaAttention attention, string residual, string? delta)
    {
        (var normed, residual) = Norm($"{name}.input_norm", layer.InputNorm, residual, delta);
        delta = attention.Add($"{name}.attention", index, layer.Attention, normed);
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
}
