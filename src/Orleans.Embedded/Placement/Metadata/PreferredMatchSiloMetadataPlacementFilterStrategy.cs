using Orleans.Placement;

namespace Orleans.Runtime.Placement.Filtering;

/// <summary>The silos that match best, but never fewer than a number: the first keys are given up first.</summary>
/// <param name="orderedMetadataKeys">The keys, the most specific first.</param>
/// <param name="minCandidates">Silos that must remain to choose from.</param>
/// <param name="order">Filters run from low to high.</param>
public class PreferredMatchSiloMetadataPlacementFilterStrategy(string[] orderedMetadataKeys, int minCandidates, int order) : PlacementFilterStrategy(order)
{
    /// <summary>The keys, the most specific first.</summary>
    public string[] OrderedMetadataKeys { get; } = orderedMetadataKeys;

    /// <summary>Silos that must remain to choose from.</summary>
    public int MinCandidates { get; } = minCandidates;
}
