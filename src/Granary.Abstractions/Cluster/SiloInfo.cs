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

    /// <summary>What it is there for: <c>serving</c>, <c>draining</c> (it moves what it runs and will end) or <c>evacuated</c> (its zone takes no work).</summary>
    public string State { get; init; } = "serving";

    /// <summary>Conversations that are awake there.</summary>
    public int Sessions { get; init; }

    /// <summary>URL of its gateway; empty when it has none or is no longer known.</summary>
    public required string GatewayUrl { get; init; }

    /// <summary>When it joined.</summary>
    public required DateTimeOffset Since { get; init; }
}
