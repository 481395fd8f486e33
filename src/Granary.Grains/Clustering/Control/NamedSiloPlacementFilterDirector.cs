using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Granary.Clustering;

/// <summary>Leaves the silo that the key names, or all where it is not among them.</summary>
internal sealed class NamedSiloPlacementFilterDirector : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        SiloAddress[] all = [.. silos];
        var key = target.GrainIdentity.Key.ToString()!;
        return Array.Find(all, silo => SiloMark.AtEndOf(key).SequenceEqual(SiloMark.Of(silo))) is { } named ? [named] : all;
    }
}
