using Orleans.Placement;

namespace Orleans.Runtime.Placement.Filtering;

/// <inheritdoc cref="RequiredMatchSiloMetadataPlacementFilterStrategy"/>
/// <param name="metadataKeys">The keys that must match.</param>
/// <param name="order">Filters run from low to high.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public class RequiredMatchSiloMetadataPlacementFilterAttribute(string[] metadataKeys, int order = 0)
    : PlacementFilterAttribute(new RequiredMatchSiloMetadataPlacementFilterStrategy(metadataKeys, order));
