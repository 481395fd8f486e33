using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Granary.Clustering;

/// <summary>The silos that take calls, as this silo knows them.</summary>
internal sealed class SiloMembers(ISiloStatusOracle oracle, ISiloMetadataCache metadata) : ISiloMembers
{
    public IReadOnlyList<SiloMember> Active =>
        [.. oracle.GetApproximateSiloStatuses(onlyActive: true).Keys.Order().Select(address => new SiloMember(address, Name(address), Zone(address)))];

    public string Zone(SiloAddress silo) => metadata.GetSiloMetadata(silo).Metadata.GetValueOrDefault(SiloMetadataKeys.Zone, "");

    private string Name(SiloAddress silo) => oracle.TryGetSiloName(silo, out var name) ? name ?? "" : "";
}
