using Granary.Models.Checkpoints;

namespace Granary.Models.Architectures;

/// <summary>Mixtral: Mistral with experts in every layer, named w1 (gate), w2 (down), w3 (up), or stacked by transformers 5.</summary>
internal sealed class MixtralArchitecture : Architecture
{
    public override string ModelType => "mixtral";

    public override double DefaultRopeTheta => 1e6;

    protected override int? Window(ModelConfig config, int layer) => config.Json.OptionalInt("sliding_window", 1, int.MaxValue);

    protected override FeedForward DescribeFeedForward(ModelConfig config, int layer, string prefix, Func<string, bool> hasTensor)
    {
        var (hidden, intermediate) = (config.HiddenSize, config.IntermediateSize);
        var count = config.Json.Int("num_local_experts", 1, 4096);
        var topK = config.Json.Int("num_experts_per_tok", 1, count);
        var stacked = hasTensor($"{prefix}.mlp.experts.gate_up_proj");
        var experts = Enumerable.Range(0, count).Select(item => stacked
            ? Expert.Stacked($"{prefix}.mlp.experts", count, item, hidden, intermediate)
            : new Expert(
                MatrixRef.Whole($"{prefix}.block_sparse_moe.experts.{item}.w1.weight", intermediate, hidden),
                MatrixRef.Whole($"{prefix}.block_sparse_moe.experts.{item}.w3.weight", intermediate, hidden),
                MatrixRef.Whole($"{prefix}.block_sparse_moe.experts.{item}.w2.weight", hidden, intermediate)));
        var router = Linear.Named(stacked ? $"{prefix}.mlp.gate" : $"{prefix}.block_sparse_moe.gate", count, hidden);
        return new MoeFeedForward(router, [.. experts], topK, Normalize: true);
    }
}
