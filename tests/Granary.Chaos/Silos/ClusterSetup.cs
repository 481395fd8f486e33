namespace Granary.Chaos.Silos;

/// <summary>What a cluster under test is made of.</summary>
internal sealed record ClusterSetup
{
    /// <summary>Its silos.</summary>
    public IReadOnlyList<SiloSpec> Silos { get; init; } = SiloSpec.ThreeZones;

    /// <summary>Where sessions and the token log are: <c>redis</c>, <c>postgresql</c>, or <c>sqlite</c> for one machine. Membership of several silos is in PostgreSQL.</summary>
    public string Storage { get; init; } = "redis";

    /// <summary>Whether there are servers to start.</summary>
    public bool HasStores => Storage != "sqlite";

    /// <summary>Whether silos reach each other and the stores through relays that can be cut and slowed.</summary>
    public bool HasNetwork { get; init; }

    /// <summary>Whether KV blocks, and SQLite's file, are on a small disk that can be filled; needs root.</summary>
    public bool HasDisk { get; init; }

    /// <summary>Sequences that a silo runs at once.</summary>
    public int Slots { get; init; } = 16;

    /// <summary>More settings of every silo, as environment variables.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
