using Orleans.Placement;

namespace Granary.Clustering;

/// <summary>See <see cref="OwnZonePlacementFilterAttribute"/>.</summary>
internal sealed class OwnZonePlacementFilter() : PlacementFilterStrategy(order: 0);
