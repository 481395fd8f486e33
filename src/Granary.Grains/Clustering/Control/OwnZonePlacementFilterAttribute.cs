using Orleans.Placement;

namespace Granary.Clustering;

/// <summary>
/// A grain comes up in the zone of the silo that calls it, where a silo of that zone is left; one suffices. Where the caller names a silo, as a rebalancing does, the zone does not matter.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OwnZonePlacementFilterAttribute() : PlacementFilterAttribute(new OwnZonePlacementFilter());
