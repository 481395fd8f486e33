using Granary.Chaos.Clients;
using Granary.Chaos.Ledgers;

namespace Granary.Cluster.Tests.Survival;

/// <summary>A model that is served by one replica of four stages on three silos, and nowhere else; whichever silo dies, it must have been shown whole, once.</summary>
[Trait("Category", "Slow")]
public sealed class StagedSurvivalTests(DeployedCluster survival) : IClassFixture<DeployedCluster>
{
    private const int Length = 600;
    private const int Early = 20;
    private readonly Journal _journal = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)] // the head, where its conversation may be, too
    [InlineData(1)]
    [InlineData(2)]
    public async Task Kill9_ofASiloWithAStage_inMidStream_losesAndRepeatsNothing(int stage)
    {
        var silos = DeployedCluster.Stages(await survival.DeployAsync(new { stages = 4 }, _ => true, Token));
        var other = survival.Cluster.Silos.First(silo => silo.Name != silos[stage]).Name;
        var turn = await survival.BeginAsync(other, other, Length, _journal, Early);
        await turn.UntilAsync(Early, Token);

        survival.Cluster[silos[stage]].Kill();

        await survival.VerifyAsync(_journal, turn);
        Assert.Equal(Length, turn.Ledger.Tokens.Count);
    }
}
