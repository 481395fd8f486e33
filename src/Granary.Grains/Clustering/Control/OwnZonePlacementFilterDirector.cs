using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Granary.Clustering;

/// <summary>Leaves the silos of this silo's zone, or all where there is none, or where one of them is asked for by name.</summary>
internal sealed class OwnZonePlacementFilterDirector(ISiloMembers members, LocalSilo silo) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        SiloAddress[] all = [.. silos];
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, all) is not null)
        {
            return all; // the placement behind the filters takes it
        }

        var near = Array.FindAll(all, candidate => members.Zone(candidate) == silo.Zone);
        return near.Length > 0 ? near : all;
    }
}
