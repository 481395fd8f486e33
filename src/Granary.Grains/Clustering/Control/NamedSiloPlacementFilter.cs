using Orleans.Placement;

namespace Granary.Clustering;

/// <summary>See <see cref="NamedSiloPlacementFilterAttribute"/>. Runs among the silos that take work, before zones are looked at.</summary>
internal sealed class NamedSiloPlacementFilter() : PlacementFilterStrategy(order: -1);
