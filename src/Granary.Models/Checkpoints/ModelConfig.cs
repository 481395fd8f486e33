using Granary.Models.Architectures;

namespace Granary.Models.Checkpoints;

/// <summary>What all supported architectures have in their config.json, checked for bounds that keep products of sizes far from overflow.</summary>
internal sealed record ModelConfig
{
    /// <summary>Most positions of a rotary table.</summary>
    public const int MaxPositionsLimit = 1 << 22;

    /// <summary>The file, for keys of one architecture.</summary>
    public required JsonFile Json { get; init; }

    public required string ModelType { get; init; }

    public required int HiddenSize { get; init; }

    public required int IntermediateSize { get; init; }

    public required int LayerCount { get; init; }

    public required int HeadCount { get; init; }

    public required int KvHeadCount { get; init; }

    public required int HeadDim { get; init; }

    public required int VocabularySize { get; init; }

    public required float NormEpsilon { get; init; }

    public required bool TiedEmbeddings { get; init; }

    public required RopeConfig Rope { get; init; }

    /// <summary>Reads config.json of <paramref name="folder"/>.</summary>
    /// <exception cref="ModelFormatException">A value is missing, out of bounds or not supported.</exception>
    public static ModelConfig Read(string folder) => Read(JsonFile.Read(Path.Combine(folder, "config.json")));

    public static ModelConfig Read(JsonFile json)
    {
        if (json.Object("quantization_config") is not null)
        {
            throw json.Wrong("quantization_config", "says that the weights are quantised; import the original bf16, f16 or f32 checkpoint instead");
        }

        var architecture = ArchitectureRegistry.For(json);
        if (json.String("hidden_act") is { } activation && !architecture.Activations.Contains(activation, StringComparer.Ordinal))
        {
            throw json.Wrong("hidden_act", $"is '{activation}'; of {architecture.ModelType} models {string.Join(", ", architecture.Activations)} is supported");
        }

        var hidden = json.Int("hidden_size", 8, 1 << 17);
        var heads = json.Int("num_attention_heads", 1, 1 << 12);
        var kvHeads = json.OptionalInt("num_key_value_heads", 1, heads) ?? heads;
        if (heads % kvHeads != 0)
        {
            throw json.Wrong("num_key_value_heads", $"is {kvHeads}; it must divide num_attention_heads ({heads})");
        }

        if (!json.Has("head_dim") && hidden % heads != 0)
        {
            throw json.Wrong("head_dim", $"is missing, and hidden_size ({hidden}) is no multiple of num_attention_heads ({heads})");
        }

        // GroupQueryAttention with in-op rotary computes in blocks of 16.
        var headDim = json.OptionalInt("head_dim", 1, 4096) ?? hidden / heads;
        if (headDim % 16 != 0)
        {
            throw json.Wrong("head_dim", $"is {headDim}; ONNX Runtime's attention needs a multiple of 16");
        }

        return new()
        {
            Json = json,
            ModelType = architecture.ModelType,
            HiddenSize = hidden,
            IntermediateSize = json.Int("intermediate_size", 1, 1 << 20),
            LayerCount = json.Int("num_hidden_layers", 1, 1024),
            HeadCount = heads,
            KvHeadCount = kvHeads,
            HeadDim = headDim,
            VocabularySize = json.Int("vocab_size", 1, 1 << 22),
            NormEpsilon = (float)json.Double("rms_norm_eps", 0, 1),
            TiedEmbeddings = json.Bool("tie_word_embeddings", absent: false),
            Rope = RopeConfig.Read(json, json.Int("max_position_embeddings", 1, MaxPositionsLimit), architecture.DefaultRopeTheta),
        };
    }
}
