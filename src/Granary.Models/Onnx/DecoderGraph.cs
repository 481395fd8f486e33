using Granary.Models.Architectures;
using Granary.Models.Catalog;
using Granary.Models.Onnx.Formats;
using Granary.Models.Onnx.Weights;

namespace Granary.Models.Onnx;

/// <summary>Writes the graph of a decoder or of a segment of one; <see cref="ModelManifest"/> has its inputs and outputs.</summary>
internal sealed class DecoderGraph
{
    private readonly Decoder _decoder;
    private readonly WeightPlan _plan;
    private readonly GraphBuilder _graph;
    private readonly int _queries;
    private readonly int _keys;

    private DecoderGraph(Decoder decoder, WeightPlan plan, GraphBuilder graph)
    {
        _decoder = decoder;
        _plan = plan;
        _graph = graph;
        _queries = decoder.Config.HeadCount * decoder.Config.HeadDim;
        _keys = decoder.Config.KvHeadCount * decoder.Config.HeadDim;
    }

    /// <summary>The graph of <paramref name="decoder"/> with its weights laid out but not yet written.</summary>
    public static GraphBuilder Build(Decoder decoder, WeightPlan plan, string dataFile) =>
        Build(decoder, plan, new GraphBuilder(dataFile), GraphSegment.Whole(decoder.Layers.Count));

    /// <summary>The graph of a segment of <paramref name="decoder"/>.</summary>
    /// <param name="decoder">The decoder.</param>
    /// <param name="plan">How it is stored.</param>
    /// <param name="graph">An empty graph, which knows where weights lie.</param>
    /// <param name="segment">The segment.</param>
    public static GraphBuilder Build(Decoder decoder, WeightPlan plan, GraphBuilder graph, GraphSegment segment)
    {
        new DecoderGraph(decoder, plan, graph).Build(segment);
        return graph;
    }

    /// <summary>The name of a layer's experts, with which the names of their weights begin.</summary>
    public static string ExpertsName(int layer, MoeFeedForward moe) => ExpertsName($"layers.{layer}.moe", moe);

    private static string ExpertsName(string moeName, MoeFeedForward moe) => moe.Normalize ? moeName : $"{moeName}.normalized";

    private void Build(GraphSegment segment)
    {
        var (residual, delta) = Begin(segment);
        for (var index = segment.Layers.First; index < segment.Layers.End; index++)
        {
            var endsAtRouter = segment.End == SegmentEnd.Router && index == segment.Layers.End - 1;
            (residual, delta) = Layer($"layers.{index}", index, _decoder.Layers[index], residual, delta, endsAtRouter);
        }

        switch (segment.End)
        {
            case SegmentEnd.Logits:
                Logits(residual, delta);
                break;
            case SegmentEnd.Hidden:
                Give("next_hidden_states", delta is null
                    ? _graph.Node("next_hidden_states", "Identity", "", [residual])
                    : _graph.Node("next_hidden_states", "Add", "", [residual, delta]));
                break;
        }
    }

    private (string Residual, string? Delta) Begin(GraphSegment segment)
    {
        var config = _decoder.Config;
        string? ids = null;
        if (segment.Start == SegmentStart.Tokens)
        {
            ids = _graph.Input("input_ids", OnnxType.Int64, "batch", "tokens");
        }

        if (segment.Layers.Count > 0)
        {
            _graph.Input("seqlens_k", OnnxType.Int32, "batch");
            _graph.Input("total_sequence_length", OnnxType.Int32, 1);
            _graph.Weights("rope.cos", RotaryTable.Cosines(config.Rope, config.HeadDim));
            _graph.Weights("rope.sin", RotaryTable.Sines(config.Rope, config.HeadDim));
        }

        return segment.Start switch
        {
            SegmentStart.Tokens => (_plan[ModelPart.Embedding].Embed(_graph, "embed", ids!, _decoder.Embedding), null),
            SegmentStart.Hidden => (Take("hidden_states"), null),
            _ => (Take("hidden_states"), Take("delta")),
        };
    }

    private void Logits(string residual, string? delta)
    {
        // Only rows whose logits are wanted reach the head: a prefill chunk asks for one or none.
        var rows = _graph.Input("logit_rows", OnnxType.Int64, "rows");
        var (hidden, _) = Norm("final_norm", _decoder.FinalNorm, residual, delta);
        var flat = _graph.Node("flat", "Reshape", "", [hidden, _graph.Constant(-1, _decoder.Config.HiddenSize)]);
        var wanted = _graph.Node("wanted", "Gather", "", [flat, rows]);
        _plan[ModelPart.Head].Head(_graph, "logits", wanted, _decoder.Head, tied: _decoder.Head == _decoder.Embedding);
        _graph.Output("logits", OnnxType.Float, "rows", _decoder.Config.VocabularySize);
    }

    private string Take(string name) => _graph.Input(name, OnnxType.Float, "batch", "tokens", _decoder.Config.HiddenSize);

    private void Give(string name, string node)
    {
        if (name != node)
        {
            _graph.Node(name, "Identity", "", [node]);
        }

        _graph.Output(name, OnnxType.Float, "batch", "tokens", _decoder.Config.HiddenSize);
    }

    /// <summary>One layer: the residual before its last addition, and what is to be added.</summary>
    private (string Residual, string? Delta) Layer(string name, int index, DecoderLayer layer, string residual, string? delta, bool endsAtRouter)
    {
        (var normed, residual) = Norm($"{name}.input_norm", layer.InputNorm, residual, delta);
        delta = Attention($"{name}.attention", index, layer.Attention, normed);
        (normed, residual) = Norm($"{name}.post_attention_norm", layer.PostAttentionNorm, residual, delta);
        if (endsAtRouter)
        {
            Router($"{name}.moe", (MoeFeedForward)layer.FeedForward, normed, residual);
            return (residual, null);
        }

        delta = layer.FeedForward switch
        {
            DenseFeedForward dense => Dense($"{name}.mlp", dense, normed),
            MoeFeedForward moe => Moe($"{name}.moe", moe, normed),
            _ => throw new InvalidOperationException($"No graph for {layer.FeedForward.GetType().Name}."),
        };
        return (residual, delta);
    }

    /// <summary>RMS norm of residual + delta, and that sum.</summary>
    private (string Normed, string Residual) Norm(string name, MatrixRef gamma, string residual, string? delta)
    {
        var weight = _plan[ModelPart.Norms].Vector(_graph, $"{name}.weight", gamma);
        if (delta is null)
        {
            return (RmsNorm(name, residual, weight), residual);
        }

        var sum = $"{name}.sum";
        _graph.Node(name, "SkipSimplifiedLayerNormalization", GraphBuilder.Microsoft, [residual, delta, weight], [name, "", "", sum], ("epsilon", _decoder.Config.NormEpsilon));
        return (name, sum);
    }

    private string RmsNorm(string name, string input, string weight) =>
        _graph.Node(name, "SimplifiedLayerNormalization", "", [input, weight], ("axis", -1), ("epsilon", _decoder.Config.NormEpsilon), ("stash_type", 1));

    private string Attention(string name, int index, AttentionBlock attention, string input)
    {
        var config = _decoder.Config;
        var packed = _plan[ModelPart.Attention].MatMul(_graph, $"{name}.qkv", input, [attention.Query, attention.Key, attention.Value]);
        var (query, key, value) = attention is { QueryNorm: { } queryNorm, KeyNorm: { } keyNorm }
            ? NormedHeads(name, packed, queryNorm, keyNorm)
            : (packed, "", "");
        object[] cache = ["batch", config.KvHeadCount, "slot_length", config.HeadDim];
        var pastKey = _graph.Input($"past_key_values.{index}.key", OnnxType.Float, cache);
        var pastValue = _graph.Input($"past_key_values.{index}.value", OnnxType.Float, cache);
        _graph.Output($"present.{index}.key", OnnxType.Float, cache);
        _graph.Output($"present.{index}.value", OnnxType.Float, cache);
        _graph.Node(name, "GroupQueryAttention", GraphBuilder.Microsoft,
            [query, key, value, pastKey, pastValue, "seqlens_k", "total_sequence_length", "rope.cos", "rope.sin"],
            [name, $"present.{index}.key", $"present.{index}.value"],
            ("num_heads", config.HeadCount),
            ("kv_num_heads", config.KvHeadCount),
            ("do_rotary", 1),
            ("rotary_interleaved", 0),
            ("local_window_size", attention.Window is { } window && window < config.Rope.MaxPositions ? window : -1));
        return _plan[ModelPart.Attention].MatMul(_graph, $"{name}.out", name, [attention.Output]);
    }

    /// <summary>Query, key and value of packed rows, each head of query and key normalised.</summary>
    private (string Query, string Key, string Value) NormedHeads(string name, string packed, MatrixRef queryNorm, MatrixRef keyNorm)
    {
        string[] heads = [$"{name}.q", $"{name}.k", $"{name}.v"];
        _graph.Node($"{name}.split", "Split", "", [packed, _graph.Constant(_queries, _keys, _keys)], heads, ("axis", -1));
        return (NormHeads(heads[0], queryNorm, _queries), NormHeads(heads[1], keyNorm, _keys), heads[2]);
    }

    // [B, S, heads·D] → [B, S·heads, D], normalised over D, and back.
    private string NormHeads(string name, MatrixRef gamma, int width)
    {
        var heads = _graph.Node($"{name}_heads", "Reshape", "", [name, _graph.Constant(0, -1, _decoder.Config.HeadDim)]);
        var normed = RmsNorm($"{name}_norm", heads, _plan[ModelPart.Norms].Vector(_graph, $"{name}_norm.weight", gamma));
        return _graph.Node($"{name}_normed", "Reshape", "", [normed, _graph.Constant(0, -1, width)]);
    }

    private string Dense(string name, DenseFeedForward dense, string input)
    {
        var format = _plan[ModelPart.FeedForward];
        var gate = format.MatMul(_graph, $"{name}.gate", input, [dense.Gate]);
        var up = format.MatMul(_graph, $"{name}.up", input, [dense.Up]);
        var activated = _graph.Node($"{name}.silu", "QuickGelu", GraphBuilder.Microsoft, [gate], ("alpha", 1f));
        var product = _graph.Node($"{name}.product", "Mul", "", [activated, up]);
        return format.MatMul(_graph, $"{name}.down", product, [dense.Down]);
    }

    /// <summary>The end of a segment whose experts are computed elsewhere.</summary>
    private void Router(string name, MoeFeedForward moe, string normed, string residual)
    {
        var logits = _plan[ModelPart.Router].MatMul(_graph, $"{name}.router", normed, [moe.Router]);
        _graph.Node("router_logits", "Reshape", "", [logits, _graph.Constant(-1, moe.Experts.Count)]);
        _graph.Output("router_logits", OnnxType.Float, "rows", moe.Experts.Count);
        Give("expert_input", normed);
        Give("next_hidden_states", residual);
    }

    private string Moe(string name, MoeFeedForward moe, string input)
    {
        var logits = _plan[ModelPart.Router].MatMul(_graph, $"{name}.router", input, [moe.Router]);
        var flat = _graph.Node($"{name}.router_rows", "Reshape", "", [logits, _graph.Constant(-1, moe.Experts.Count)]);
        var normalized = _plan[ModelPart.Experts].Experts(_graph, ExpertsName(name, moe), input, flat, moe);
        if (moe.Normalize)
        {
            return normalized;
        }

        // The operator always scales the chosen experts' weights to sum to 1: undo it with what they summed to.
        var probabilities = _graph.Node($"{name}.probabilities", "Softmax", "", [logits], ("axis", -1));
        var chosen = $"{name}.chosen";
        _graph.Node(chosen, "TopK", "", [probabilities, _graph.Constant(moe.TopK)], [chosen, $"{chosen}.experts"], ("axis", -1));
        var sum = _graph.Node($"{name}.scale", "ReduceSum", "", [chosen, _graph.Constant(-1)], ("keepdims", 1));
        return _graph.Node(name, "Mul", "", [normalized, sum]);
    }
}
