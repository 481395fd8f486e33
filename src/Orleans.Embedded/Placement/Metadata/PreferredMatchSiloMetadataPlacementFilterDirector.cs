using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Orleans.Runtime.Placement.Filtering;

internal sealed class PreferredMatchSiloMetadataPlacementFilterDirector(ILocalSiloDetails local, ISiloMetadataCache cache) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        var strategy = (PreferredMatchSiloMetadataPlacementFilterStrategy)filterStrategy;
        var mine = cache.GetSiloMetadata(local.SiloAddress).Metadata;
        var all = silos.ToArray();

        // Keys run from specific to general. All must match at first; the most specific is given up until enough silos remain.
        for (var skip = 0; skip < strategy.OrderedMetadataKeys.Length; skip++)
        {
            var keys = strategy.OrderedMetadataKeys[skip..];
            var matching = Array.FindAll(all, silo => Array.TrueForAll(keys, key => Matches(silo, key)));
            if (matching.Length >= strategy.MinCandidates)
            {
                return matching;
            }
        }

        return all;

        bool Matches(SiloAddress silo, string key) =>
            mine.TryGetValue(key, out var value) && cache.GetSiloMetadata(silo).Metadata.TryGetValue(key, out var other) && value == other;
    }
}
