namespace Granary.Completions;

/// <summary>What an idempotency key stands for.</summary>
/// <param name="CompletionId">The completion that answers.</param>
/// <param name="Digest">Of the request that it answers; the key is good for no other.</param>
[GenerateSerializer, Immutable, Alias("granary.idempotency.claim")]
public sealed record IdempotencyClaim([property: Id(0)] string CompletionId, [property: Id(1)] string Digest);
