namespace Orleans.Placement;

/// <summary>Narrows the silos that placement may choose from; an <see cref="IPlacementFilterDirector"/> does it.</summary>
/// <param name="order">Filters run from low to high.</param>
public abstract class PlacementFilterStrategy(int order)
{
    /// <summary>Filters run from low to high.</summary>
    public int Order { get; } = order;
}
