namespace Granary.Models;

/// <summary>How tokens are chosen. A value that is <see langword="null"/> takes the model's default (generation_config.json), then the engine's.</summary>
[GenerateSerializer, Immutable, Alias("granary.sampling")]
public sealed record SamplingParameters
{
    /// <summary>Divides the logits; 0 is greedy. Bounds 0–2.</summary>
    [Id(0)] public float? Temperature { get; init; }

    /// <summary>Smallest set of tokens with at least this probability; 0 is greedy. Bounds 0–1.</summary>
    [Id(1)] public float? TopP { get; init; }

    /// <summary>Only the most likely tokens; 0 is all.</summary>
    [Id(2)] public int? TopK { get; init; }

    /// <summary>Only tokens at least this fraction as likely as the best. Bounds [0, 1].</summary>
    [Id(3)] public float? MinP { get; init; }

    /// <summary>Divides (positive) or multiplies (negative) the logits of tokens seen in prompt or output; 1 is off (CTRL, Keskar et al. 2019).</summary>
    [Id(4)] public float? RepetitionPenalty { get; init; }

    /// <summary>Subtracted once from the logits of tokens in the output. Bounds −2–2.</summary>
    [Id(5)] public float? PresencePenalty { get; init; }

    /// <summary>Subtracted for each occurrence in the output. Bounds −2–2.</summary>
    [Id(6)] public float? FrequencyPenalty { get; init; }

    /// <summary>The random number of a position is a function of seed and position; without a seed one is drawn.</summary>
    [Id(7)] public long? Seed { get; init; }

    /// <summary>Most tokens to generate; 0 computes the prompt alone.</summary>
    [Id(8)] public int? MaxTokens { get; init; }

    /// <summary>Strings that end the output; they are not part of it. At most four.</summary>
    [Id(9)] public string[]? Stop { get; init; }

    /// <summary>Fewest tokens before an end-of-sequence token or a stop string may end the output.</summary>
    [Id(10)] public int? MinTokens { get; init; }

    /// <summary>Whether end-of-sequence tokens are output like any other, so that only stop strings and the limit end the output.</summary>
    [Id(11)] public bool? IgnoreEndOfSequence { get; init; }

    /// <summary>Added to the logits of single tokens, before anything else is done to them. Bounds −100–100 each.</summary>
    [Id(12)] public TokenBias[]? LogitBias { get; init; }

    /// <summary>Asks for log-probabilities: of the chosen token and of this many most likely ones. Bounds 0–20; <see langword="null"/> asks for none.</summary>
    [Id(13)] public int? TopLogProbs { get; init; }

    /// <summary>What the output must look like.</summary>
    [Id(14)] public OutputConstraint? Constraint { get; init; }

    /// <summary>These parameters, with gaps filled from <paramref name="defaults"/>.</summary>
    public SamplingParameters WithDefaults(SamplingParameters defaults) => new()
    {
        Temperature = Temperature ?? defaults.Temperature,
        TopP = TopP ?? defaults.TopP,
        TopK = TopK ?? defaults.TopK,
        MinP = MinP ?? defaults.MinP,
        RepetitionPenalty = RepetitionPenalty ?? defaults.RepetitionPenalty,
        PresencePenalty = PresencePenalty ?? defaults.PresencePenalty,
        FrequencyPenalty = FrequencyPenalty ?? defaults.FrequencyPenalty,
        Seed = Seed ?? defaults.Seed,
        MaxTokens = MaxTokens ?? defaults.MaxTokens,
        Stop = Stop ?? defaults.Stop,
        MinTokens = MinTokens ?? defaults.MinTokens,
        IgnoreEndOfSequence = IgnoreEndOfSequence ?? defaults.IgnoreEndOfSequence,
        LogitBias = LogitBias ?? defaults.LogitBias,
        TopLogProbs = TopLogProbs ?? defaults.TopLogProbs,
        Constraint = Constraint ?? defaults.Constraint,
    };
}
