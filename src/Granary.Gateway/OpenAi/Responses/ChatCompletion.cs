namespace Granary.Gateway.OpenAi.Responses;

/// <summary>A whole reply.</summary>
internal sealed record ChatCompletion(string Id, long Created, string Model, string SystemFingerprint, ChatCompletion.Choice[] Choices, UsageObject? Usage)
{
    public string Object { get; } = "chat.completion";

    /// <summary>The one choice.</summary>
    internal sealed record Choice(Message Message, string FinishReason)
    {
        public int Index { get; }

        public object? Logprobs { get; }
    }

    /// <summary>What the model says.</summary>
    internal sealed record Message(string Content)
    {
        public string Role { get; } = "assistant";

        public string? Refusal { get; }
    }
}
