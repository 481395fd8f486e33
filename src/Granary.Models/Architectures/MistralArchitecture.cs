using Granary.Models.Checkpoints;

namespace Granary.Models.Architectures;

/// <summary>Mistral: Llama without biases, with a window over all layers in the early versions.</summary>
internal sealed class MistralArchitecture : Architecture
{
    public override string ModelType => "mistral";

    protected override int? Window(ModelConfig config, int layer) => config.Json.OptionalInt("sliding_window", 1, int.MaxValue);
}
