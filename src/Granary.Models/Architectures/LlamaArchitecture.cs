using Granary.Models.Checkpoints;

namespace Granary.Models.Architectures;

/// <summary>Llama 1 to 3 and the many models of that form: optional biases in attention and feed-forward.</summary>
internal sealed class LlamaArchitecture : Architecture
{
    public override string ModelType => "llama";

    protected override (bool QueryKeyValue, bool Output) AttentionBias(ModelConfig config)
    {
        var bias = config.Json.Bool("attention_bias", absent: false);
        return (bias, bias);
    }

    protected override FeedForward DescribeFeedForward(ModelConfig config, int layer, string prefix, Func<string, bool> hasTensor) =>
        DenseFeedForward.Named(prefix, config.HiddenSize, config.IntermediateSize, config.Json.Bool("mlp_bias", absent: false));
}
