using Granary.Models.Checkpoints;

namespace Granary.Models.Architectures;

/// <summary>Mistral: Llama without biases, with a window over all layers in the early versions.</summary>
internal sealed class MistralArchitecture : Architecture
{
    public override string ModelType => "mistral";

    // transformers slides a window of 4096 where config.json says nothing, and none where it says null.
    protected override int? Window(ModelConfig config, int layer) =>
        config.Json.Mentions("sliding_window") ? config.Json.OptionalInt("sliding_window", 1, int.MaxValue) : 4096;
}
