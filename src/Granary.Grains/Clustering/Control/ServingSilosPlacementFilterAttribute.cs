using Orleans.Placement;

namespace Granary.Clustering;

/// <summary>Keeps a grain away from silos that are being drained and from evacuated zones, as long as there are others.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ServingSilosPlacementFilterAttribute() : PlacementFilterAttribute(new ServingSilosPlacementFilter());
