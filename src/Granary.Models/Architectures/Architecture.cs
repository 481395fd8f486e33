using Granary.Models.Checkpoints;

namespace Granary.Models.Architectures;

/// <summary>What all families of Llama's lineage share; a family overrides the parts in which it differs.</summary>
internal abstract class Architecture : IArchitecture
{
    public abstract string ModelType { get; }

    public virtual double DefaultRopeTheta => 1e4;

    // Two names of one function.
    public virtual IReadOnlyList<string> Activations { get; } = ["silu", "swish"];

    public Decoder Describe(ModelConfig config, Func<string, bool> hasTensor)
    {
        var embedding = MatrixRef.Whole("model.embed_tokens.weight", config.VocabularySize, config.HiddenSize);
        var head = config.TiedEmbeddings ? embedding : MatrixRef.Whole("lm_head.weight", config.VocabularySize, config.HiddenSize);
        var layers = Enumerable.Range(0, config.LayerCount).Select(index => DescribeLayer(config, index, hasTensor)).ToList();
        return new Decoder(config, embedding, layers, MatrixRef.Vector("model.norm.weight", config.HiddenSize), head);
    }

    /// <summary>Biases of query, key and value, and of the output.</summary>
    protected virtual (bool QueryKeyValue, bool Output) AttentionBias(ModelConfig config) => (false, false);

    /// <summary>Whether each query and key head is normalised.</summary>
    protected virtual bool HasHeadNorm => false;

    /// <summary>The attention window of a layer in tokens, if it has one.</summary>
    protected virtual int? Window(ModelConfig config, int layer) => null;

    /// <summary>The second half of a layer.</summary>
    protected virtual FeedForward DescribeFeedForward(ModelConfig config, int layer, string prefix, Func<string, bool> hasTensor) =>
        DenseFeedForward.Named(prefix, config.HiddenSize, config.IntermediateSize);

    /// <summary>Qwen's rule: <c>sliding_window</c> counts only with <c>use_sliding_window</c>, in the layers that <c>layer_types</c> names or from <c>max_window_layers</c> up.</summary>
    protected static int? QwenWindow(ModelConfig config, int layer)
    {
        if (!config.Json.Bool("use_sliding_window", absent: false) || config.Json.OptionalInt("sliding_window", 1, int.MaxValue) is not { } window)
        {
            return null;
        }

        if (config.Json.Strings("layer_types") is not { } types)
        {
            return layer >= (config.Json.OptionalInt("max_window_layers", 0, int.MaxValue) ?? 28) ? window : null;
        }

        return layer >= types.Count
            ? throw config.Json.Wrong("layer_types", $"has {types.Count} entries for {config.LayerCount} layers")
            : types[layer] switch
            {
                "full_attention" => null,
                "sliding_attention" => window,
                var other => throw config.Json.Wrong("layer_types", $"holds '{other}'; full_attention and sliding_attention are supported"),
            };
    }

    private DecoderLayer DescribeLayer(ModelConfig config, int index, Func<string, bool> hasTensor)
    {
        var prefix = $"model.layers.{index}";
        var (qkvBias, outputBias) = AttentionBias(config);
        var queries = config.HeadCount * config.HeadDim;
        var keys = config.KvHeadCount * config.HeadDim;
        var attention = new AttentionBlock
        {
            Query = Linear.Named($"{prefix}.self_attn.q_proj", queries, config.HiddenSize, qkvBias),
            Key = Linear.Named($"{prefix}.self_attn.k_proj", keys, config.HiddenSize, qkvBias),
            Value = Linear.Named($"{prefix}.self_attn.v_proj", keys, config.HiddenSize, qkvBias),
            Output = Linear.Named($"{prefix}.self_attn.o_proj", config.HiddenSize, queries, outputBias),
            QueryNorm = HasHeadNorm ? MatrixRef.Vector($"{prefix}.self_attn.q_norm.weight", config.HeadDim) : null,
            KeyNorm = HasHeadNorm ? MatrixRef.Vector($"{prefix}.self_attn.k_norm.weight", config.HeadDim) : null,
            Window = Window(config, index),
        };
        return new DecoderLayer(
            MatrixRef.Vector($"{prefix}.input_layernorm.weight", config.HiddenSize),
            attention,
            MatrixRef.Vector($"{prefix}.post_attention_layernorm.weight", config.HiddenSize),
            DescribeFeedForward(config, index, prefix, hasTensor));
    }
}
