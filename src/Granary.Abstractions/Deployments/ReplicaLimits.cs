namespace Granary.Deployments;

/// <summary>What all stages of a replica must agree on about its KV cache: the least that any of their silos allows.</summary>
/// <param name="Slots">Sequences at once, of all batches together.</param>
/// <param name="SlotTokens">Tokens of a slot.</param>
/// <param name="KvCacheBytes">Most bytes of a stage's keys and values.</param>
/// <param name="ChunkTokens">Most tokens of one step of one prompt.</param>
[GenerateSerializer, Immutable, Alias("granary.deployment.limits")]
public sealed record ReplicaLimits([property: Id(0)] int Slots, [property: Id(1)] int SlotTokens, [property: Id(2)] long KvCacheBytes, [property: Id(3)] int ChunkTokens)
{
    /// <summary>The least of both.</summary>
    public ReplicaLimits Least(ReplicaLimits other) => new(
        Math.Min(Slots, other.Slots), Math.Min(SlotTokens, other.SlotTokens), Math.Min(KvCacheBytes, other.KvCacheBytes), Math.Min(ChunkTokens, other.ChunkTokens));
}
