using System.Globalization;
using Granary.Errors;
using Granary.Models;

namespace Granary.Engine.Sampling;

/// <summary>Checks what a caller asks for and fills the gaps: the request, then generation_config.json, then neutral values.</summary>
internal static class SamplingResolver
{
    public const int MaxStopStrings = 4;
    public const int MaxStopLength = 256;

    /// <exception cref="GranaryException"><c>invalid_request</c>, which names the parameter and its bounds.</exception>
    public static SamplingSettings Resolve(SamplingParameters requested, SamplingParameters defaults)
    {
        SamplingParameters merged = requested.WithDefaults(defaults);
        return new SamplingSettings
        {
            Temperature = Within(merged.Temperature ?? 1f, 0f, 2f, "temperature"),
            TopP = merged.TopP is null or (> 0f and <= 1f) ? merged.TopP ?? 1f : throw Refusal("top_p", "above 0 and at most 1", merged.TopP.Value),
            TopK = merged.TopK is null or >= 0 ? merged.TopK ?? 0 : throw Refusal("top_k", "0 (all) or more", merged.TopK.Value),
            MinP = Within(merged.MinP ?? 0f, 0f, 1f, "min_p"),
            RepetitionPenalty = Within(merged.RepetitionPenalty ?? 1f, 0.01f, 100f, "repetition_penalty"),
            PresencePenalty = Within(merged.PresencePenalty ?? 0f, -2f, 2f, "presence_penalty"),
            FrequencyPenalty = Within(merged.FrequencyPenalty ?? 0f, -2f, 2f, "frequency_penalty"),
            Seed = merged.Seed ?? Random.Shared.NextInt64(),
            Stop = CheckedStop(merged.Stop),
            IgnoreEndOfSequence = merged.IgnoreEndOfSequence ?? false,
        };
    }

    // Written so that NaN is outside of every bound.
    private static float Within(float value, float least, float most, string parameter) =>
        value >= least && value <= most
            ? value
            : throw Refusal(parameter, string.Create(CultureInfo.InvariantCulture, $"from {least} to {most}"), value);

    private static GranaryException Refusal(string parameter, string bounds, IFormattable value) =>
        new(ErrorCode.InvalidRequest, $"{parameter} must be {bounds}; it is {value.ToString(null, CultureInfo.InvariantCulture)}.", parameter);

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
