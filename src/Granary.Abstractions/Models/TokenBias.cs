namespace Granary.Models;

/// <summary>A bias on one token.</summary>
/// <param name="Token">The token id.</param>
/// <param name="Bias">Added to its logit.</param>
[GenerateSerializer, Immutable, Alias("granary.bias")]
public readonly record struct TokenBias([property: Id(0)] int Token, [property: Id(1)] float Bias);
