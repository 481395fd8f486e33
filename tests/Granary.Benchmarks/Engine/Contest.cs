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

    /// <summary>Tokens of each stream in a timed decode: a few seconds' worth on either model.</summary>
    public int Steps(int streams, bool quick)
    {
        var steps = streams == 1 ? 96 : streams <= 8 ? 48 : 32;
        return quick ? steps / 3 : steps;
    }
}
