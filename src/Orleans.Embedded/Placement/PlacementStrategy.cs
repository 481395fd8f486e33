namespace Orleans.Runtime;

/// <summary>How the silo of a new activation is chosen; an <see cref="Placement.IPlacementDirector"/> does it.</summary>
public abstract class PlacementStrategy
{
    /// <summary>Whether activations are found through the directory.</summary>
    internal virtual bool IsUsingGrainDirectory => true;
}
