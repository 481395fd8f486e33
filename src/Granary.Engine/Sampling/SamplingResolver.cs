using System.Globalization;
using Granary.Errors;
using Granary.Models;

namespace Granary.Engine.Sampling;

/// <summary>Checks what a caller asks for and fills the gaps: the request, then generation_config.json, then neutral values.</summary>
internal static class SamplingResolver
{
    public const int MaxStopStrings = 4;
    public const int MaxStopLength = 256;
    public const int MaxTopLogProbs = 20;

    /// <summary>For a model: its defaults, its vocabulary, its end-of-sequence tokens.</summary>
    /// <exception cref="GranaryException"><c>invalid_request</c>, which names the parameter and its bounds.</exception>
    public static SamplingSettings ResolveFor(ModelManifest model, SamplingParameters requested)
    {
        SamplingSettings settings = Resolve(requested, model.Defaults) with
        {
            LogitBias = LogitBiases.Check(requested.LogitBias, model.VocabularySize),
            EndOfSequenceTokens = requested.IgnoreEndOfSequence == true ? [] : [.. model.EndOfSequenceTokens.Distinct()],
        };
        if (requested.Constraint is not null && requested.IgnoreEndOfSequence == true)
        {
            throw new GranaryException(
                ErrorCode.InvalidRequest, "ignore_eos cannot go with a constraint: an output that is complete must be able to end.", "ignore_eos");
        }

        return settings;
    }

    /// <exception cref="GranaryException"><c>invalid_request</c>, which names the parameter and its bounds.</exception>
    public static SamplingSettings Resolve(SamplingParameters requested, SamplingParameters defaults)
    {
        SamplingParameters merged = requested.WithDefaults(defaults);
        float temperature = Within(merged.Temperature ?? 1f, 0f, 2f, "temperature");
        float topP = Within(merged.TopP ?? 1f, 0f, 1f, "top_p");
        return new SamplingSettings
        {
            Temperature = topP == 0f ? 0f : temperature, // the smallest nucleus that there is has the likeliest token alone
            TopP = topP == 0f ? 1f : topP,
            TopK = merged.TopK is null or >= 0 ? merged.TopK ?? 0 : throw Refusal("top_k", "0 (all) or more", merged.TopK.Value),
            MinP = Within(merged.MinP ?? 0f, 0f, 1f, "min_p"),
            RepetitionPenalty = Within(merged.RepetitionPenalty ?? 1f, 0.01f, 100f, "repetition_penalty"),
            PresencePenalty = Within(merged.PresencePenalty ?? 0f, -2f, 2f, "presence_penalty"),
            FrequencyPenalty = Within(merged.FrequencyPenalty ?? 0f, -2f, 2f, "frequency_penalty"),
            Seed = merged.Seed ?? Random.Shared.NextInt64(),
            Stop = CheckedStop(merged.Stop),
            MinTokens = CheckedMinTokens(merged.MinTokens ?? 0, merged.MaxTokens),
            TopLogProbs = merged.TopLogProbs is null or (>= 0 and <= MaxTopLogProbs)
                ? merged.TopLogProbs
                : throw Refusal("top_logprobs", $"from 0 to {MaxTopLogProbs}", merged.TopLogProbs.Value),
        };
    }

    // Written so that NaN is outside of every bound.
    private static float Within(float value, float least, float most, string parameter) =>
        value >= least && value <= most
            ? value
            : throw Refusal(parameter, string.Create(CultureInfo.InvariantCulture, $"from {least} to {most}"), value);

    private static GranaryException Refusal(string parameter, string bounds, IFormattable value) =>
        new(ErrorCode.InvalidRequest, $"{parameter} must be {bounds}; it is {value.ToString(null, CultureInfo.InvariantCulture)}.", parameter);

    private static int CheckedMinTokens(int minTokens, int? maxTokens) =>
        minTokens < 0 ? throw Refusal("min_tokens", "0 or more", minTokens)
        : minTokens > 0 && minTokens > maxTokens ? throw Refusal("min_tokens", $"at most max_tokens, {maxTokens}", minTokens)
        : minTokens;

    private static string[] CheckedStop(string[]? stop)
    {
        if (stop is null)
        {
            return [];
        }

        if (stop.Length > MaxStopStrings)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"stop may hold {MaxStopStrings} strings at most; it holds {stop.Length}.", "stop");
        }

        if (stop.Any(s => s is not { Length: > 0 and <= MaxStopLength }))
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"Each stop string must have 1 to {MaxStopLength} characters.", "stop");
        }

        return stop;
    }
}
