namespace Granary.Shards;

/// <summary>What a destination's experts gave for a batch.</summary>
[GenerateSerializer, Immutable, Alias("granary.expert-reply")]
public sealed record ExpertReply
{
    /// <summary>[T, H] in the batch's format: the sum of each token's experts here, weighted.</summary>
    [Id(0)] public required byte[] Sums { get; init; }

    /// <summary>How long the experts computed.</summary>
    [Id(1)] public TimeSpan Computed { get; init; }
}
