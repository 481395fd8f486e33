using Granary.Serving;

namespace Granary.Gateway.OpenAi.Responses;

/// <summary>A whole reply.</summary>
internal sealed record ChatCompletion(string Id, long Created, string Model, string SystemFingerprint, ChatCompletion.Choice[] Choices, UsageObject? Usage)
{
    public string Object => "chat.completion";

    /// <summary>The one choice.</summary>
    internal sealed record Choice(Message Message, string FinishReason)
    {
        public int Index => 0;

        public object? Logprobs => null;
    }

    /// <summary>What the model says.</summary>
    internal sealed record Message(string Content)
    {
        public string Role => "assistant";

        public string? Refusal => null;
    }
}
