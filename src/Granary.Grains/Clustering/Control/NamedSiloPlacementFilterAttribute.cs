using Orleans.Placement;

namespace Granary.Clustering;

/// <summary>A grain comes up on the silo whose <see cref="SiloMark"/> its key ends with, where that takes work.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NamedSiloPlacementFilterAttribute() : PlacementFilterAttribute(new NamedSiloPlacementFilter());
