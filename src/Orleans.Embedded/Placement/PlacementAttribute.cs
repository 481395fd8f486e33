namespace Orleans.Placement;

/// <summary>Base of attributes that say how a grain class is placed.</summary>
/// <param name="placement">The strategy.</param>
[AttributeUsage(AttributeTargets.Class)]
public abstract class PlacementAttribute(PlacementStrategy placement) : Attribute
{
    /// <summary>The strategy.</summary>
    public PlacementStrategy PlacementStrategy { get; } = placement;
}
