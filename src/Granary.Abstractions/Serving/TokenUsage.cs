namespace Granary.Serving;

/// <summary>Tokens that a turn took.</summary>
/// <param name="PromptTokens">Tokens of the prompt, cached ones included.</param>
/// <param name="CachedTokens">Tokens of the prompt whose KV was reused.</param>
/// <param name="OutputTokens">Tokens generated.</param>
[GenerateSerializer, Immutable, Alias("granary.usage")]
public sealed record TokenUsage([property: Id(0)] int PromptTokens, [property: Id(1)] int CachedTokens, [property: Id(2)] int OutputTokens);
