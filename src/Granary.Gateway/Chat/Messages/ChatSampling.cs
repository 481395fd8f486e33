using System.Text.Json;
using Granary.Errors;
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

    /// <summary>Fewest tokens before the reply may end by itself.</summary>
    public int? MinTokens { get; init; }

    /// <summary>Whether the reply goes on to its limit.</summary>
    public bool? IgnoreEos { get; init; }

    /// <summary>Added to the logits of single tokens, by token id.</summary>
    public IReadOnlyDictionary<int, float>? LogitBias { get; init; }

    /// <summary>Asks for log-probabilities: of each token and of this many most likely ones.</summary>
    public int? TopLogProbs { get; init; }

    /// <summary>A JSON schema that the reply follows.</summary>
    public JsonElement? JsonSchema { get; init; }

    /// <summary>A regular expression that the whole reply matches.</summary>
    public string? Regex { get; init; }

    /// <summary>Texts of which the reply is one.</summary>
    public string[]? Choice { get; init; }

    /// <summary>For the grains.</summary>
    /// <exception cref="GranaryException">There is more than one constraint, or no room for a reply.</exception>
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
        MaxTokens = MaxTokens is < 1 ? throw new GranaryException(ErrorCode.InvalidRequest, $"max_tokens must be 1 or more; it is {MaxTokens}.", "max_tokens") : MaxTokens,
        Stop = Stop,
        MinTokens = MinTokens,
        IgnoreEndOfSequence = IgnoreEos,
        LogitBias = LogitBias?.Select(bias => new TokenBias(bias.Key, bias.Value)).ToArray(),
        TopLogProbs = TopLogProbs,
        Constraint = ToConstraint(),
    };

    private OutputConstraint? ToConstraint()
    {
        OutputConstraint?[] constraints =
        [
            JsonSchema is { } schema ? new() { Kind = ConstraintKind.JsonSchema, Text = schema.GetRawText() } : null,
            Regex is null ? null : new() { Kind = ConstraintKind.Regex, Text = Regex },
            Choice is null ? null : new() { Kind = ConstraintKind.Choice, Choices = Choice },
        ];
        return constraints.Count(constraint => constraint is not null) <= 1
            ? constraints.FirstOrDefault(constraint => constraint is not null)
            : throw new GranaryException(ErrorCode.InvalidRequest, "Of jsonSchema, regex and choice, send one.", "sampling");
    }
}
