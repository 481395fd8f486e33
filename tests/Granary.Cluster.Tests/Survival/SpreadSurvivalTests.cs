using Granary.Chaos.Ledgers;

namespace Granary.Cluster.Tests.Survival;

/// <summary>A mixture of experts whose layers are on one silo and whose experts on all three; whichever silo dies, it must have been shown whole, once, and the silo that comes back gets experts.</summary>
[Trait("Category", "Slow")]
public sealed class SpreadSurvivalTests(DeployedCluster survival) : IClassFixture<DeployedCluster>
{
    private const int Length = 400;
    private const int Early = 20;
    private readonly Journal _journal = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, false)] // experts that no other silo holds: they are loaded elsewhere while the step waits
    [InlineData(2, false)] // a replica of each
    [InlineData(1, true)] // the layers, too
    public async Task Kill9_ofASiloWithExperts_inMidStream_losesAndRepeatsNothing(int copies, bool head)
    {
        var wish = new { spreadExperts = true, expertReplicas = copies };
        var deployed = await survival.DeployAsync(wish, status => DeployedCluster.Holders(status).Length == 3, Token);
        var home = DeployedCluster.Stages(deployed)[0];
        var killed = head ? home : DeployedCluster.Holders(deployed).First(silo => silo != home);
        var other = survival.Cluster.Silos.First(silo => silo.Name != killed).Name;
        var turn = await survival.BeginAsync(other, other, Length, _journal, Early);
        await turn.UntilAsync(Early, Token);

        survival.Cluster[killed].Kill();

        await survival.VerifyAsync(_journal, turn);
        Assert.Equal(Length, turn.Ledger.Tokens.Count);
        await survival.DeployAsync(wish, status => DeployedCluster.Holders(status).Length == 3, Token);
    }
}
