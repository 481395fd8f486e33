using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Orleans.Runtime.MembershipService.SiloMetadata;

internal sealed class SiloMetadataCache(SiloRuntime silo) : ISiloMetadataCache
{
    private readonly ConcurrentDictionary<SiloAddress, SiloMetadata> _known = new();

    public SiloMetadata GetSiloMetadata(SiloAddress siloAddress)
    {
        if (_known.TryGetValue(siloAddress, out var known))
        {
            return known;
        }

        return silo.Manifests.Of(siloAddress) is { } manifest
            ? _known.GetOrAdd(siloAddress, new SiloMetadata { Metadata = manifest.Metadata.ToImmutableDictionary(StringComparer.Ordinal) })
            : SiloMetadata.Empty;
    }
}
