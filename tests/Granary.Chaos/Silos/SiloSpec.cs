namespace Granary.Chaos.Silos;

/// <summary>A silo of the cluster under test.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Zone">Its zone: az-a, az-b or az-c, or local for one machine.</param>
internal sealed record SiloSpec(string Name, string Zone)
{
    /// <summary>Its file in silo-config, without ending.</summary>
    public string Config => Zone == "local" ? "one-machine" : Zone;

    /// <summary>One machine with SQLite.</summary>
    public static IReadOnlyList<SiloSpec> OneMachine { get; } = [new("one-machine", "local")];

    /// <summary>One silo in each of three zones.</summary>
    public static IReadOnlyList<SiloSpec> ThreeZones { get; } = [new("az-a", "az-a"), new("az-b", "az-b"), new("az-c", "az-c")];

    /// <summary>Three zones, the first of which has two silos, so that losing a zone is more than losing a silo.</summary>
    public static IReadOnlyList<SiloSpec> FourSilos { get; } = [new("az-a", "az-a"), new("az-a-2", "az-a"), new("az-b", "az-b"), new("az-c", "az-c")];
}
