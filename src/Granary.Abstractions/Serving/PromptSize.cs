namespace Granary.Serving;

/// <summary>How long a request is.</summary>
/// <param name="PromptTokens">Tokens of all prompts.</param>
/// <param name="MaxOutputTokens">Most tokens of each output, as the request or the model says; 0 only if the request says so, and otherwise at least 1, though the prompt may leave no room for it.</param>
/// <param name="LongestPromptTokens">Tokens of the longest prompt.</param>
[GenerateSerializer, Immutable, Alias("granary.prompt.size")]
public sealed record PromptSize([property: Id(0)] int PromptTokens, [property: Id(1)] int MaxOutputTokens, [property: Id(2)] int LongestPromptTokens);
