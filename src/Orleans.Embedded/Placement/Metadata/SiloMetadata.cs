using System.Collections.Immutable;

namespace Orleans.Runtime.MembershipService.SiloMetadata;

/// <summary>What a silo says of itself, for example its zone.</summary>
public record SiloMetadata
{
    /// <summary>No metadata.</summary>
    public static SiloMetadata Empty { get; } = new();

    /// <summary>The values by key.</summary>
    public ImmutableDictionary<string, string> Metadata { get; internal init; } = ImmutableDictionary<string, string>.Empty;
}
