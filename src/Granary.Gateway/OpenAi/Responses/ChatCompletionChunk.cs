using System.Text.Json.Serialization;

namespace Granary.Gateway.OpenAi.Responses;

/// <summary>An event of a streamed reply.</summary>
internal record ChatCompletionChunk(string Id, long Created, string Model, string? SystemFingerprint, ChatCompletionChunk.Part[] Choices)
{
    public string Object { get; } = "chat.completion.chunk";

    /// <summary>A part of one of the outputs asked for.</summary>
    internal sealed record Part(int Index, Delta Delta, LogProbsObject? Logprobs, string? FinishReason);

    /// <summary>What is new.</summary>
    internal sealed record Delta
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Role { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Content { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public ToolCallObject[]? ToolCalls { get; init; }
    }

    /// <summary>One of a stream that was asked to include the usage: all but the last say that it is <see langword="null"/>.</summary>
    internal sealed record WithUsage(string Id, long Created, string Model, string? SystemFingerprint, Part[] Choices, UsageObject? Usage)
        : ChatCompletionChunk(Id, Created, Model, SystemFingerprint, Choices);
}
