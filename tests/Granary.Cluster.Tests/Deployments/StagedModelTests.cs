namespace Granary.Cluster.Tests.Deployments;

[Trait("Category", "Slow")]
public sealed class StagedModelTests(StagedZones cluster) : IClassFixture<StagedZones>
{
    [Fact]
    public async Task Deploy_fourStagesOnThreeSilos_saysWhatOneProcessSays_alsoWhenASiloIsKilledMeanwhile()
    {
        var stages = await cluster.DeployAsync(StagedZones.Staged, stages: 4);
        Assert.Equal(3, stages.Distinct().Count());

        var whole = await SayAsync("granary-chat", 200);
        Assert.Equal(whole, await SayAsync(StagedZones.Staged, 200));

        var saying = SayAsync(StagedZones.Staged, 200, killed: stages[2]);
        Assert.Equal(whole, await saying);
    }

    private Task<string> SayAsync(string model, int tokens, string? killed = null) => Completion.SayAsync(
        cluster.Silos.First(silo => silo.Name != killed).Url!,
        model,
        tokens,
        () => cluster.Silos.SingleOrDefault(silo => silo.Name == killed)?.Signal(Granary.Host.Local.ManagedProcess.Kill));
}
