using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Granary.Conformance.Placement;

/// <summary>Leaves the silo with the greatest address alone.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class LastSiloPlacementFilterAttribute() : PlacementFilterAttribute(new LastSiloStrategy());

internal sealed class LastSiloStrategy() : PlacementFilterStrategy(0);

internal sealed class LastSiloDirector : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos) =>
        silos.OrderByDescending(silo => silo.ToParsableString(), StringComparer.Ordinal).Take(1);
}
