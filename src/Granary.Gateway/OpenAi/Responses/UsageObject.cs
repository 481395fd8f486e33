using Granary.Serving;

namespace Granary.Gateway.OpenAi.Responses;

/// <summary>Tokens taken.</summary>
internal sealed record UsageObject(int PromptTokens, int CompletionTokens, int TotalTokens, UsageObject.PromptDetails PromptTokensDetails)
{
    /// <summary>Of all outputs of one prompt, which counts once.</summary>
    /// <returns><see langword="null"/> unless all have ended.</returns>
    public static UsageObject? From(TokenUsage?[] choices)
    {
        if (choices is not [{ } first, ..] || choices.Contains(null))
            return null;
        var output = choices.Sum(choice => choice!.OutputTokens);
        return new(first.PromptTokens, output, first.PromptTokens + output, new PromptDetails(first.CachedTokens));
    }

    /// <summary>Where the prompt's tokens came from.</summary>
    internal sealed record PromptDetails(int CachedTokens);
}
