namespace Granary.Host.Local;

/// <summary>Where a one-machine installation keeps its things.</summary>
/// <param name="Root">The repository's (or installation's) folder.</param>
internal sealed record GranaryPaths(string Root)
{
    public static GranaryPaths Current { get; } = new(
        Environment.GetEnvironmentVariable("GRANARY_ROOT") is { Length: > 0 } root ? root : AppContext.BaseDirectory);

    public string Home => Path.Combine(Root, ".granary");

    /// <summary>Another data folder than .granary/data; GRANARY_DATA names one.</summary>
    public string? DataFolder { get; init; } = Environment.GetEnvironmentVariable("GRANARY_DATA") is { Length: > 0 } data ? Path.GetFullPath(data) : null;

    public string Data => DataFolder ?? Path.Combine(Home, "data");

    public string Models => Path.Combine(Data, "models");

    public string Logs => Path.Combine(Data, "logs");

    public string StateFile => Path.Combine(Data, "run", "cluster.json");

    public string SiloConfig(string name) => Path.Combine(Root, "silo-config", name + ".json");

    public string DemoModelSource => Path.Combine(Root, "deploy", "models", LocalCluster.DemoModel);
}
