namespace Granary.Shards;

/// <summary>See <see cref="PinnedToSiloAttribute"/>.</summary>
[GenerateSerializer, Immutable, Alias("granary.pinned")]
internal sealed class PinnedPlacement : PlacementStrategy;
