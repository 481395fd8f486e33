namespace Granary.Cluster.Tests.Running;

/// <summary>Three silos in three zones, each of which serves the demo model whole, and has its files under a second name, too.</summary>
public sealed class StagedZones() : RunningCluster("up", "--zones", "3")
{
    public const string Staged = "staged";

    protected override async Task PrepareAsync()
    {
        var import = await Cli.RunAsync("model", "import", Path.Combine(Cli.RepositoryRoot, "deploy", "models", "granary-chat"), "--name", Staged);
        Assert.True(import.ExitCode == 0, import.Error);
    }
}
