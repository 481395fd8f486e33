namespace Orleans.Runtime.MembershipService.SiloMetadata;

/// <summary>The metadata of the silos.</summary>
public interface ISiloMetadataCache
{
    /// <summary>A silo's metadata; empty when it is not known.</summary>
    SiloMetadata GetSiloMetadata(SiloAddress siloAddress);
}
