using Orleans.Placement;

namespace Granary.Clustering;

/// <summary>See <see cref="ServingSilosPlacementFilterAttribute"/>. Runs before filters of the default order.</summary>
internal sealed class ServingSilosPlacementFilter() : PlacementFilterStrategy(order: -2);
