using Orleans.Placement;

namespace Granary.Shards;

/// <summary>Activates the grain on the silo that its key names, and nowhere else.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class PinnedToSiloAttribute() : PlacementAttribute(new PinnedPlacement());
