using Granary.Models;

namespace Granary.Gateway.Chat.Messages;

/// <summary>How tokens are chosen; absent values take the model's defaults. Bounds as in <see cref="SamplingParameters"/>.</summary>
public sealed record ChatSampling
{
    /// <summary>0 is greedy.</summary>
    public float? Temperature { get; init; }

    /// <summary>Nucleus.</summary>
    public float? TopP { get; init; }

    /// <summary>0 is all.</summary>
    public int? TopK { get; init; }

    /// <summary>Relative to the likeliest token.</summary>
    public float? MinP { get; init; }

    /// <summary>1 is off.</summary>
    public float? RepetitionPenalty { get; init; }

    /// <summary>0 is off.</summary>
    public float? PresencePenalty { get; init; }

    /// <summary>0 is off.</summary>
    public float? FrequencyPenalty { get; init; }

    /// <summary>Makes the reply repeatable.</summary>
    public long? Seed { get; init; }

    /// <summary>Most tokens of the reply.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Strings that end the reply; at most four.</summary>
    public string[]? Stop { get; init; }

    /// <summary>For the grains.</summary>
    internal SamplingParameters ToParameters() => new()
    {
        Temperature = Temperature,
        TopP = TopP,
        TopK = TopK,
        MinP = MinP,
        RepetitionPenalty = RepetitionPenalty,
        PresencePenalty = PresencePenalty,
        FrequencyPenalty = FrequencyPenalty,
        Seed = Seed,
        MaxTokens = MaxTokens,
        Stop = Stop,
    };
}
