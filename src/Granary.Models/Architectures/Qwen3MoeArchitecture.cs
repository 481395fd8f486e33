using Granary.Models.Checkpoints;

namespace Granary.Models.Architectures;

/// <summary>Qwen 3 MoE: Qwen 3 with experts in some or all layers, one tensor an expert or stacked by transformers 5.</summary>
internal sealed class Qwen3MoeArchitecture : Architecture
{
    public override string ModelType => "qwen3_moe";

    protected override bool HasHeadNorm => true;

    protected override (bool QueryKeyValue, bool Output) AttentionBias(ModelConfig config)
    {
        var bias = config.Json.Bool("attention_bias", absent: false);
        return (bias, bias);
    }

    // Unlike Qwen 3, the window covers all layers.
    protected override int? Window(ModelConfig config, int layer) =>
        config.Json.Bool("use_sliding_window", absent: false) ? config.Json.OptionalInt("sliding_window", 1, int.MaxValue) : null;

    protected override FeedForward DescribeFeedForward(ModelConfig config, int layer, string prefix, Func<string, bool> hasTensor)
    {
        var step = config.Json.OptionalInt("decoder_sparse_step", 1, 1024) ?? 1;
        if ((layer + 1) % step != 0 || config.Json.Ints("mlp_only_layers", 0, 1023).Contains(layer))
        {
            return DenseFeedForward.Named(prefix, config.HiddenSize, config.IntermediateSize);
        }

        var hidden = config.HiddenSize;
        var intermediate = config.Json.Int("moe_intermediate_size", 1, 1 << 20);
        var count = config.Json.OptionalInt("num_experts", 1, 4096) ?? config.Json.Int("num_local_experts", 1, 4096);
        var topK = config.Json.Int("num_experts_per_tok", 1, count);
        var stacked = hasTensor($"{prefix}.mlp.experts.gate_up_proj");
        var experts = Enumerable.Range(0, count).Select(item => stacked
            ? Expert.Stacked($"{prefix}.mlp.experts", count, item, hidden, intermediate)
            : new Expert(
                MatrixRef.Whole($"{prefix}.mlp.experts.{item}.gate_proj.weight", intermediate, hidden),
                MatrixRef.Whole($"{prefix}.mlp.experts.{item}.up_proj.weight", intermediate, hidden),
                MatrixRef.Whole($"{prefix}.mlp.experts.{item}.down_proj.weight", hidden, intermediate)));
        return new MoeFeedForward(
            Linear.Named($"{prefix}.mlp.gate", count, hidden), [.. experts], topK, config.Json.Bool("norm_topk_prob", absent: false));
    }
}
