using System.Net;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Granary.Clustering;

/// <inheritdoc/>
internal sealed class GatewayDirectory(ServingSilos serving, LocalSilo own, ISiloMetadataCache metadata) : IGatewayDirectory
{
    public IReadOnlyList<Uri> FindLive()
    {
        var silos = serving.All.Select(member => member.Address).ToArray();
        Random.Shared.Shuffle(silos);
        return [.. silos.OrderBy(silo => !silo.Equals(own.Address)).Select(Find).OfType<Uri>().Distinct()];
    }

    private Uri? Find(SiloAddress silo) =>
        metadata.GetSiloMetadata(silo).Metadata.TryGetValue(SiloMetadataKeys.GatewayUrl, out var text)
        && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Port > 0 && !IsEveryAddress(url)
            ? url
            : null;

    private static bool IsEveryAddress(Uri url) =>
        IPAddress.TryParse(url.IdnHost, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
}
