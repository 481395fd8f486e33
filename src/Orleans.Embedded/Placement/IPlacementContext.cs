namespace Orleans.Runtime.Placement;

/// <summary>What directors can ask.</summary>
public interface IPlacementContext
{
    /// <summary>The silo that does the placement.</summary>
    SiloAddress LocalSilo { get; }

    /// <summary>Its status.</summary>
    SiloStatus LocalSiloStatus { get; }

    /// <summary>Active silos that host the class and pass the class's filters; never empty.</summary>
    /// <exception cref="OrleansException">There is none.</exception>
    SiloAddress[] GetCompatibleSilos(PlacementTarget target);
}
