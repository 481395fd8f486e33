namespace Granary.Cluster;

/// <summary>One silo.</summary>
public sealed record SiloInfo
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Address and generation, for example <c>127.0.0.1:11111@123</c>.</summary>
    public required string Address { get; init; }

    /// <summary>Its zone; empty when it is no longer known.</summary>
    public required string Zone { get; init; }

    /// <summary>Membership status in lower case, for example <c>active</c>.</summary>
    public required string Status { get; init; }

    /// <summary>URL of its gateway; empty when it has none or is no longer known.</summary>
    public required string GatewayUrl { get; init; }

    /// <summary>When it joined.</summary>
    public required DateTimeOffset Since { get; init; }
}
