using Granary.Serving;

namespace Granary.Gateway.OpenAi.Responses;

/// <summary>Tokens taken.</summary>
internal sealed record UsageObject(int PromptTokens, int CompletionTokens, int TotalTokens, UsageObject.PromptDetails PromptTokensDetails)
{
    public static UsageObject From(TokenUsage usage) =>
        new(usage.PromptTokens, usage.OutputTokens, usage.PromptTokens + usage.OutputTokens, new PromptDetails(usage.CachedTokens));

    /// <summary>Where the prompt's tokens came from.</summary>
    internal sealed record PromptDetails(int CachedTokens);
}
