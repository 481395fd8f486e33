using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Granary.Clustering;

/// <summary>Leaves the silos that take work, or all where none does.</summary>
internal sealed class ServingSilosPlacementFilterDirector(ServingSilos serving) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        SiloAddress[] all = [.. silos];
        var left = Array.FindAll(all, serving.IsServing);
        return left.Length > 0 ? left : all;
    }
}
