using Orleans.Placement;

namespace Orleans.Runtime.Placement.Filtering;

/// <summary>Only silos whose values equal those of the silo that does the placement.</summary>
/// <param name="metadataKeys">The keys that must match.</param>
/// <param name="order">Filters run from low to high.</param>
public class RequiredMatchSiloMetadataPlacementFilterStrategy(string[] metadataKeys, int order) : PlacementFilterStrategy(order)
{
    /// <summary>The keys that must match.</summary>
    public string[] MetadataKeys { get; } = metadataKeys;
}
