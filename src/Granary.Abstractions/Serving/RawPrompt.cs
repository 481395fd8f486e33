namespace Granary.Serving;

/// <summary>A prompt without a chat template: text, or token ids.</summary>
/// <param name="Text">Tokenised as it stands: what reads like a control token is text.</param>
/// <param name="Tokens">Token ids of the model, which may be control tokens; in place of <paramref name="Text"/>.</param>
[GenerateSerializer, Immutable, Alias("granary.prompt")]
public sealed record RawPrompt([property: Id(0)] string? Text, [property: Id(1)] int[]? Tokens = null);
