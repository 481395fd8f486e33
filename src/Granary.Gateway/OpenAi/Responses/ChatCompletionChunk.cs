using System.Text.Json.Serialization;

namespace Granary.Gateway.OpenAi.Responses;

/// <summary>An event of a streamed reply.</summary>
internal sealed record ChatCompletionChunk(string Id, long Created, string Model, string SystemFingerprint, ChatCompletionChunk.Part[] Choices)
{
    public string Object { get; } = "chat.completion.chunk";

    /// <summary>On the last event of a stream that was asked to include it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UsageObject? Usage { get; init; }

    /// <summary>The one choice.</summary>
    internal sealed record Part(Delta Delta, string? FinishReason = null)
    {
        public int Index { get; }

        public object? Logprobs { get; }
    }

    /// <summary>What is new.</summary>
    internal sealed record Delta
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Role { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Content { get; init; }
    }
}
