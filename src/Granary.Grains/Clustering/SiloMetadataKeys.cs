namespace Granary.Clustering;

/// <summary>What a silo tells the others about itself.</summary>
internal static class SiloMetadataKeys
{
    public const string Zone = "zone";
    public const string GatewayUrl = "gateway-url";
}
