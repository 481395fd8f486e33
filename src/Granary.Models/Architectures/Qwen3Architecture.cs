using Granary.Models.Checkpoints;

namespace Granary.Models.Architectures;

/// <summary>Qwen 3: query and key heads are normalised; biases are optional; the window is Qwen 2's.</summary>
internal sealed class Qwen3Architecture : Architecture
{
    public override string ModelType => "qwen3";

    protected override bool HasHeadNorm => true;

    protected override (bool QueryKeyValue, bool Output) AttentionBias(ModelConfig config)
    {
        var bias = config.Json.Bool("attention_bias", absent: false);
        return (bias, bias);
    }

    protected override int? Window(ModelConfig config, int layer) => QwenWindow(config, layer);
}
