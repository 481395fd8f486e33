using Granary.Models.Checkpoints;

namespace Granary.Models.Architectures;

/// <summary>The architectures that can be imported.</summary>
internal static class ArchitectureRegistry
{
    private static readonly IArchitecture[] All =
    [
        new LlamaArchitecture(),
        new MistralArchitecture(),
        new Qwen2Architecture(),
        new Qwen3Architecture(),
        new MixtralArchitecture(),
        new Qwen3MoeArchitecture(),
    ];

    /// <summary>Values of <c>model_type</c> that are known.</summary>
    public static IEnumerable<string> Known => All.Select(architecture => architecture.ModelType);

    /// <exception cref="ModelFormatException">The type is not known.</exception>
    public static IArchitecture For(JsonFile config)
    {
        var modelType = config.String("model_type") ?? throw config.Wrong("model_type", "is missing");
        return All.FirstOrDefault(architecture => architecture.ModelType == modelType)
            ?? throw config.Wrong("model_type", $"is '{modelType}'; supported are {string.Join(", ", Known)}");
    }
}
