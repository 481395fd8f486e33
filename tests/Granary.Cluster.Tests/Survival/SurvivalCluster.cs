using Granary.Chaos.Clients;
using Granary.Chaos.Ledgers;
using Granary.Chaos.Silos;

namespace Granary.Cluster.Tests.Survival;

/// <summary>Four silos in three zones with a supervisor that starts again what was killed. Each test has a journal of its own and leaves all silos ready.</summary>
public class SurvivalCluster : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-survival-").FullName;

    internal ChaosCluster Cluster { get; private set; } = null!;

    internal GatewayPool Gateways => new([.. Cluster.Silos.Select(silo => silo.Url)]);

    internal virtual ClusterSetup Setup => new() { Silos = SiloSpec.FourSilos, Slots = 4 };

    internal virtual string Model => ChaosModel.Name;

    public async ValueTask InitializeAsync() => Cluster = await ChaosCluster.StartAsync(Setup, _folder, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Cluster.DisposeAsync();
        await Deletion.DeleteAsync(_folder);
    }

    /// <summary>A turn whose conversation lives at one silo and that is read at another one's gateway.</summary>
    internal Task<WatchedTurn> BeginAsync(string home, string read, int tokens, Journal journal, params int[] marks) =>
        WatchedTurn.BeginAsync(Gateways, Cluster[home].Url, Cluster[read].Url, tokens, journal, marks, TestContext.Current.CancellationToken, model: Model);

    /// <summary>The reply ends, all silos are ready again, the log and the transcript have what was shown, and the conversation goes on.</summary>
    internal async Task VerifyAsync(Journal journal, params WatchedTurn[] turns)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await Task.WhenAll(turns.Select(turn => turn.Completion)).WaitAsync(TimeSpan.FromMinutes(2), cancellationToken);
        await Cluster.WaitUntilReadyAsync(cancellationToken);
        await using var stored = Setup.HasStores ? new StoredLog(Cluster) : null;
        await new LedgerCheck(Gateways, stored, journal, seed: 1).RunAsync(cancellationToken);
        Assert.Empty(journal.Differences);
    }
}
