using Granary.Models;

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

    /// <summary>Tokens that end the output; none where the caller ignores them.</summary>
    public int[] EndOfSequenceTokens { get; init; } = [];

    /// <summary>Fewest tokens before <see cref="EndOfSequenceTokens"/> or <see cref="Stop"/> may end the output.</summary>
    public int MinTokens { get; init; }

    /// <summary>Of distinct tokens or not: biases of one token add up.</summary>
    public TokenBias[] LogitBias { get; init; } = [];

    /// <summary>How many of the most likely tokens are reported with each one; <see langword="null"/> reports no log-probabilities at all.</summary>
    public int? TopLogProbs { get; init; }

    public bool IsGreedy => Temperature < LeastTemperature;

    public bool HasPenalties => HasOutputPenalties || HasRepetitionPenalty;

    public bool HasRepetitionPenalty => RepetitionPenalty is not 1f;

    public bool HasOutputPenalties => PresencePenalty is not 0f || FrequencyPenalty is not 0f;
}
