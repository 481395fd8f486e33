namespace Granary.Cluster.Tests.Running;

/// <summary>One silo that serves the demo model and a second import of it.</summary>
public sealed class TwoModels() : RunningCluster("up", "--serve", "granary-chat", "--serve", Second)
{
    public const string Second = "second";

    protected override async Task PrepareAsync()
    {
        var import = await Cli.RunAsync("model", "import", Path.Combine(Cli.RepositoryRoot, "deploy", "models", "granary-chat"), "--name", Second);
        Assert.True(import.ExitCode == 0, import.Error);
    }
}
