namespace Orleans.Placement;

/// <summary>Base of attributes that narrow the silos of a grain class.</summary>
/// <param name="placement">The filter.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public abstract class PlacementFilterAttribute(PlacementFilterStrategy placement) : Attribute
{
    /// <summary>The filter.</summary>
    public PlacementFilterStrategy PlacementFilterStrategy { get; } = placement;
}
