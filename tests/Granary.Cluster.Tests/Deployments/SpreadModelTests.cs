using System.Text.Json;

namespace Granary.Cluster.Tests.Deployments;

[Trait("Category", "Slow")]
public sealed class SpreadModelTests(StagedZones cluster) : IClassFixture<StagedZones>
{
    [Theory]
    [InlineData("--stages", "1", "--expert-replicas", "1")]
    [InlineData("--stages", "2", "--expert-replicas", "2")]
    [InlineData("--stages", "3", "--redundant-experts", "2")]
    public async Task Deploy_expertsOverThreeSilos_saysWhatOneProcessSays_alsoWhenTheyAreMoved(params string[] wish)
    {
        var deployed = await cluster.Cli.RunAsync(["model", "deploy", StagedZones.Staged, "--experts", "spread", .. wish, "--wait", "--json"]);
        Assert.True(deployed.ExitCode == 0, deployed.Error);
        var holders = JsonDocument.Parse(deployed.Output).RootElement.GetProperty("plan").GetProperty("experts").GetProperty("holders").EnumerateArray().ToArray();
        Assert.Equal(3, holders.Length);

        var gateway = cluster.Silos[0].Url!;
        var whole = await Completion.SayAsync(gateway, "granary-chat", 200);
        Assert.Equal(whole, await Completion.SayAsync(gateway, StagedZones.Staged, 200));

        var figures = await cluster.Cli.RunAsync("model", "experts", StagedZones.Staged, "--json");
        var loads = JsonDocument.Parse(figures.Output).RootElement.GetProperty("loads").EnumerateArray().Sum(layer => layer.EnumerateArray().Sum(expert => expert.GetDouble()));
        Assert.True(loads > 200, $"{loads} choices were counted");
    }
}
