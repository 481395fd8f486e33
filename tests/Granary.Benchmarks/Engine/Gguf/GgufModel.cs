using Granary.Models.Architectures;
using Granary.Models.Checkpoints;

namespace Granary.Benchmarks.Engine.Gguf;

/// <summary>A Hugging Face folder as a GGUF file without a tokenizer, for the architectures whose layers llama.cpp lays out as the checkpoint does.</summary>
internal static class GgufModel
{
    private static readonly Dictionary<string, string> Architectures = new(StringComparer.Ordinal)
    {
        ["qwen2"] = "qwen2",
        ["qwen3"] = "qwen3",
        ["qwen3_moe"] = "qwen3moe",
    };

    /// <summary>Writes the model with its matrices in one type; norms, biases and routers stay F32.</summary>
    /// <param name="source">The Hugging Face folder.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="type">Type of the layers' matrices.</param>
    /// <param name="headType">Type of embedding and head.</param>
    public static void Write(string source, string path, GgufType type, GgufType headType)
    {
        var config = ModelConfig.Read(source);
        using var checkpoint = Checkpoint.Open(source);
        var decoder = ArchitectureRegistry.For(config.Json).Describe(config, checkpoint.Contains);
        foreach (var part in decoder.Tensors().DistinctBy(part => part.Tensor))
        {
            checkpoint.Require(part.Tensor, part.Shape);
        }

        List<GgufTensor> tensors =
        [
            Matrix("token_embd.weight", decoder.Embedding, headType),
            Vector("output_norm.weight", decoder.FinalNorm),
        ];
        if (decoder.Head != decoder.Embedding)
        {
            tensors.Add(Matrix("output.weight", decoder.Head, headType));
        }

        for (var index = 0; index < decoder.Layers.Count; index++)
        {
            AddLayer($"blk.{index}", decoder.Layers[index]);
        }

        GgufFile.Write(path, Values(decoder), tensors);

        void AddLayer(string name, DecoderLayer layer)
        {
            tensors.Add(Vector($"{name}.attn_norm.weight", layer.InputNorm));
            AddLinear($"{name}.attn_q", layer.Attention.Query);
            AddLinear($"{name}.attn_k", layer.Attention.Key);
            AddLinear($"{name}.attn_v", layer.Attention.Value);
            AddLinear($"{name}.attn_output", layer.Attention.Output);
            if (layer.Attention is { QueryNorm: { } queryNorm, KeyNorm: { } keyNorm })
            {
                tensors.Add(Vector($"{name}.attn_q_norm.weight", queryNorm));
                tensors.Add(Vector($"{name}.attn_k_norm.weight", keyNorm));
            }

            tensors.Add(Vector($"{name}.ffn_norm.weight", layer.PostAttentionNorm));
            if (layer.FeedForward is DenseFeedForward dense)
            {
                AddLinear($"{name}.ffn_gate", dense.Gate);
                AddLinear($"{name}.ffn_up", dense.Up);
                AddLinear($"{name}.ffn_down", dense.Down);
            }
            else if (layer.FeedForward is MoeFeedForward moe)
            {
                tensors.Add(Matrix($"{name}.ffn_gate_inp.weight", moe.Router.Weight, GgufType.F32));
                tensors.Add(Stack($"{name}.ffn_gate_exps.weight", moe.Experts, expert => expert.Gate));
                tensors.Add(Stack($"{name}.ffn_up_exps.weight", moe.Experts, expert => expert.Up));
                tensors.Add(Stack($"{name}.ffn_down_exps.weight", moe.Experts, expert => expert.Down));
            }
        }

        void AddLinear(string name, Linear linear)
        {
            tensors.Add(Matrix($"{name}.weight", linear.Weight, type));
            if (linear.Bias is { } bias)
            {
                tensors.Add(Vector($"{name}.bias", bias));
            }
        }

        GgufTensor Vector(string name, MatrixRef source) =>
            new(name, [source.Columns], GgufType.F32, (_, floats) => checkpoint.Read(source.Tensor, source.FirstRow * source.Columns, floats));

        GgufTensor Matrix(string name, MatrixRef source, GgufType as_) =>
            new(name, [source.Rows, source.Columns], as_, (row, floats) => checkpoint.Read(source.Tensor, (source.FirstRow + row) * source.Columns, floats));

        // [E, out, in]
        GgufTensor Stack(string name, IReadOnlyList<Expert> experts, Func<Expert, MatrixRef> part)
        {
            var (rows, columns) = (part(experts[0]).Rows, part(experts[0]).Columns);
            return new(name, [experts.Count, rows, columns], type, (row, floats) =>
            {
                for (; floats.Length > 0; row++, floats = floats[columns..])
                {
                    var source = part(experts[(int)(row / rows)]);
                    checkpoint.Read(source.Tensor, (source.FirstRow + (row % rows)) * columns, floats[..columns]);
                }
            });
        }
    }

    private static List<KeyValuePair<string, object>> Values(Decoder decoder)
    {
        var config = decoder.Config;
        var architecture = Architectures.TryGetValue(config.ModelType, out var known)
            ? known
            : throw new NotSupportedException($"No GGUF is written for {config.ModelType}.");
        List<KeyValuePair<string, object>> values =
        [
            new("general.architecture", architecture),
            new("general.name", config.ModelType),
            new("tokenizer.ggml.model", "none"), // token ids go in and logits come out
        ];
        Add("vocab_size", (uint)config.VocabularySize);
        Add("block_count", (uint)config.LayerCount);
        Add("context_length", (uint)config.Rope.MaxPositions);
        Add("embedding_length", (uint)config.HiddenSize);
        Add("feed_forward_length", (uint)config.IntermediateSize);
        Add("attention.head_count", (uint)config.HeadCount);
        Add("attention.head_count_kv", (uint)config.KvHeadCount);
        Add("attention.key_length", (uint)config.HeadDim);
        Add("attention.value_length", (uint)config.HeadDim);
        Add("attention.layer_norm_rms_epsilon", config.NormEpsilon);
        Add("rope.freq_base", (float)config.Rope.Theta);
        if (decoder.Layers.Select(layer => layer.FeedForward).OfType<MoeFeedForward>().FirstOrDefault() is { } moe)
        {
            Add("expert_count", (uint)moe.Experts.Count);
            Add("expert_used_count", (uint)moe.TopK);
            Add("expert_feed_forward_length", (uint)moe.Experts[0].Gate.Rows);
        }

        return values;

        void Add(string key, object value) => values.Add(new($"{architecture}.{key}", value));
    }
}
