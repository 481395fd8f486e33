using Orleans.Runtime.Placement;

namespace Orleans.Placement;

/// <summary>Narrows the silos that placement may choose from.</summary>
public interface IPlacementFilterDirector
{
    /// <summary>The silos that pass.</summary>
    IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos);
}
