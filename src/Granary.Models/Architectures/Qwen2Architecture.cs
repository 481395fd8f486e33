using Granary.Models.Checkpoints;

namespace Granary.Models.Architectures;

/// <summary>Qwen 2 and 2.5: biases of query, key and value; a window, if it is used, from layer <c>max_window_layers</c> up.</summary>
internal sealed class Qwen2Architecture : Architecture
{
    public override string ModelType => "qwen2";

    protected override (bool QueryKeyValue, bool Output) AttentionBias(ModelConfig config) => (true, false);

    protected override int? Window(ModelConfig config, int layer) => QwenWindow(config, layer);
}
