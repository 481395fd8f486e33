using System.Text.Json.Serialization;

namespace Granary.Gateway.OpenAi.Responses;

/// <summary>A reply of <c>/v1/completions</c>, whole or as an event of a stream.</summary>
internal sealed record TextCompletion(string Id, long Created, string Model, string? SystemFingerprint, TextCompletion.Output[] Choices)
{
    public string Object { get; } = "text_completion";

    /// <summary>Of a stream, on the last event, where it was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UsageObject? Usage { get; init; }

    /// <summary>An output, or a part of it.</summary>
    internal sealed record Output(int Index, string Text, TextLogProbsObject? Logprobs, string? FinishReason);
}
