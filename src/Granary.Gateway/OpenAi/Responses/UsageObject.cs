using Granary.Serving;

namespace Granary.Gateway.OpenAi.Responses;

/// <summary>Tokens taken.</summary>
internal sealed record UsageObject(int PromptTokens, int CompletionTokens, int TotalTokens, UsageObject.PromptDetails PromptTokensDetails)
{
    /// <summary>Of all outputs; a prompt counts once, however many it has.</summary>
    /// <returns><see langword="null"/> unless all have ended.</returns>
    public static UsageObject? From(TokenUsage?[] choices, PromptLayout layout)
    {
        if (choices.Contains(null))
            return null;
        TokenUsage[] prompts = [.. choices.Where((_, choice) => layout.PlaceOf(choice) == 0).Select(usage => usage!)];
        var (prompt, output) = (prompts.Sum(usage => usage.PromptTokens), choices.Sum(choice => choice!.OutputTokens));
        return new(prompt, output, prompt + output, new PromptDetails(prompts.Sum(usage => usage.CachedTokens)));
    }

    /// <summary>Where the prompt's tokens came from.</summary>
    internal sealed record PromptDetails(int CachedTokens);
}
