using Granary.Benchmarks.Engine.Gguf;
using Granary.Models.Catalog;

namespace Granary.Benchmarks.Engine;

/// <summary>One model on both sides at like bits.</summary>
/// <param name="Model">What the figures call it.</param>
/// <param name="Source">Its Hugging Face folder.</param>
/// <param name="Weights">Granary's weights.</param>
/// <param name="Type">llama.cpp's weights.</param>
internal sealed record Contest(string Model, string Source, WeightKind Weights, GgufType Type)
{
    public string Name => $"{Model} {Weights.Name()}";

    public string PeerName => $"llama.cpp {Type}";

    /// <summary>Tokens of each stream in a timed decode: a quarter of a second to a second and a half on either model.</summary>
    public int Steps(int streams, bool quick)
    {
        var steps = (Model == BenchFiles.Demo ? 8 : 1) * (streams == 1 ? 48 : streams <= 8 ? 24 : 16);
        return quick ? Math.Max(10, steps / 4) : steps;
    }
}
