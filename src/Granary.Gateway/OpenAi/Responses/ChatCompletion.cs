using System.Text.Json.Serialization;

namespace Granary.Gateway.OpenAi.Responses;

/// <summary>A whole reply.</summary>
internal sealed record ChatCompletion(string Id, long Created, string Model, string? SystemFingerprint, ChatCompletion.Choice[] Choices, UsageObject? Usage)
{
    public string Object { get; } = "chat.completion";

    /// <summary>One of the outputs asked for.</summary>
    internal sealed record Choice(int Index, Message Message, LogProbsObject? Logprobs, string FinishReason);

    /// <summary>What the model says.</summary>
    internal sealed record Message(string? Content)
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public ToolCallObject[]? ToolCalls { get; init; }

        public string Role { get; } = "assistant";

        public string? Refusal { get; }
    }
}
