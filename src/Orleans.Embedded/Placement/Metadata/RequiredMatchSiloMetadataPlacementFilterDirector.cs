using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Orleans.Runtime.Placement.Filtering;

internal sealed class RequiredMatchSiloMetadataPlacementFilterDirector(ILocalSiloDetails local, ISiloMetadataCache cache) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        var keys = ((RequiredMatchSiloMetadataPlacementFilterStrategy)filterStrategy).MetadataKeys;
        var mine = cache.GetSiloMetadata(local.SiloAddress).Metadata;
        return silos.Where(silo =>
        {
            var theirs = cache.GetSiloMetadata(silo).Metadata;
            return Array.TrueForAll(keys, key => mine.TryGetValue(key, out var value) && theirs.TryGetValue(key, out var other) && value == other);
        });
    }
}
