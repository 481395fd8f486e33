using Orleans.Placement;

namespace Orleans.Runtime.Placement.Filtering;

/// <inheritdoc cref="PreferredMatchSiloMetadataPlacementFilterStrategy"/>
/// <param name="orderedMetadataKeys">The keys, the most specific first.</param>
/// <param name="minCandidates">Silos that must remain to choose from.</param>
/// <param name="order">Filters run from low to high.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public class PreferredMatchSiloMetadataPlacementFilterAttribute(string[] orderedMetadataKeys, int minCandidates = 2, int order = 0)
    : PlacementFilterAttribute(new PreferredMatchSiloMetadataPlacementFilterStrategy(orderedMetadataKeys, minCandidates, order));
