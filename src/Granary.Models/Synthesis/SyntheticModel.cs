using System.Text.Json.Nodes;

namespace Granary.Models.Synthesis;

/// <summary>A shape that <c>granary model synth</c> knows.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Description">What it is, for people.</param>
/// <param name="Config">Its config.json.</param>
public sealed record SyntheticModel(string Name, string Description, JsonObject Config)
{
    /// <summary>All shapes.</summary>
    public static IReadOnlyList<SyntheticModel> All { get; } =
    [
        new("qwen2.5-0.5b", "Qwen2.5-0.5B with a vocabulary of 50,000: 24 layers, hidden 896, tied embeddings", Create("qwen2", new()
        {
            ["hidden_size"] = 896,
            ["intermediate_size"] = 4864,
            ["num_hidden_layers"] = 24,
            ["num_attention_heads"] = 14,
            ["num_key_value_heads"] = 2,
            ["vocab_size"] = 50_000,
            ["rope_theta"] = 1e6,
            ["tie_word_embeddings"] = true,
        })),
        new("llama-1b", "1.5 billion parameters: 24 layers, hidden 2048, feed-forward 8192, 32 query and 8 KV heads of 64, vocabulary 32,000", Create("llama", new()
        {
            ["hidden_size"] = 2048,
            ["intermediate_size"] = 8192,
            ["num_hidden_layers"] = 24,
            ["num_attention_heads"] = 32,
            ["num_key_value_heads"] = 8,
            ["vocab_size"] = 32_000,
            ["rope_theta"] = 5e5,
        })),
        new("llama-8b", "Llama 3's 8B: 32 layers, hidden 4096, feed-forward 14,336, 32 query and 8 KV heads of 128, vocabulary 128,256", Create("llama", new()
        {
            ["hidden_size"] = 4096,
            ["intermediate_size"] = 14_336,
            ["num_hidden_layers"] = 32,
            ["num_attention_heads"] = 32,
            ["num_key_value_heads"] = 8,
            ["vocab_size"] = 128_256,
            ["rope_theta"] = 5e5,
        })),
        new("qwen3-moe-small", "Qwen3's mixture of experts at an eighth: 12 layers, hidden 1024, 32 experts of 384 of which 4, vocabulary 50,000", Create("qwen3_moe", new()
        {
            ["hidden_size"] = 1024,
            ["intermediate_size"] = 3072,
            ["moe_intermediate_size"] = 384,
            ["num_experts"] = 32,
            ["num_experts_per_tok"] = 4,
            ["norm_topk_prob"] = true,
            ["decoder_sparse_step"] = 1,
            ["mlp_only_layers"] = new JsonArray(),
            ["num_hidden_layers"] = 12,
            ["num_attention_heads"] = 16,
            ["num_key_value_heads"] = 4,
            ["head_dim"] = 64,
            ["vocab_size"] = 50_000,
            ["rope_theta"] = 1e6,
            ["tie_word_embeddings"] = true,
        })),
    ];

    private static JsonObject Create(string modelType, JsonObject sizes)
    {
        sizes["model_type"] = modelType;
        sizes["hidden_act"] = "silu";
        sizes["max_position_embeddings"] = 8192;
        sizes["rms_norm_eps"] = 1e-6;
        sizes["tie_word_embeddings"] ??= false;
        sizes["bos_token_id"] = SyntheticTokenizer.EndOfText;
        sizes["eos_token_id"] = SyntheticTokenizer.EndOfTurn;
        sizes["torch_dtype"] = "bfloat16";
        return sizes;
    }
}
