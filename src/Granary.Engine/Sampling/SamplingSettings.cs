namespace Granary.Engine.Sampling;

/// <summary>How one sequence's tokens are chosen: every gap filled, every value within its bounds.</summary>
internal sealed record SamplingSettings
{
    /// <summary>Below this a temperature counts as 0: the scaled logits would overflow.</summary>
    public const float LeastTemperature = 1e-5f;

    public required float Temperature { get; init; }

    public required float TopP { get; init; }

    /// <summary>0 is all.</summary>
    public required int TopK { get; init; }

    public required float MinP { get; init; }

    public required float RepetitionPenalty { get; init; }

    public required float PresencePenalty { get; init; }

    public required float FrequencyPenalty { get; init; }

    public required long Seed { get; init; }

    public required string[] Stop { get; init; }

    public bool IgnoreEndOfSequence { get; init; }

    public bool IsGreedy => Temperature < LeastTemperature;

    public bool HasPenalties => HasOutputPenalties || HasRepetitionPenalty;

    public bool HasRepetitionPenalty => RepetitionPenalty is not 1f;

    public bool HasOutputPenalties => PresencePenalty is not 0f || FrequencyPenalty is not 0f;
}
