using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Granary.Clustering;

/// <summary>Leaves the silo that the key names, or all where it is not among them.</summary>
internal sealed class NamedSiloPlacementFilterDirector : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        SiloAddress[] all = [.. silos];
        var mark = SiloMark.AtEndOf(target.GrainIdentity.Key.ToString()).ToString();
        return Array.Find(all, silo => SiloMark.Of(silo) == mark) is { } named ? [named] : all;
    }
}
