using Microsoft.Extensions.Options;

namespace Granary.Clustering;

/// <summary>Who this silo is.</summary>
internal sealed class LocalSilo(ILocalSiloDetails details, IOptions<SiloSettings> settings)
{
    public string Name => details.Name;

    public string Zone => settings.Value.Zone;

    public SiloAddress Address => details.SiloAddress;
}
