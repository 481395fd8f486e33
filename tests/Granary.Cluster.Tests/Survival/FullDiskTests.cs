using Granary.Chaos.Clients;
using Granary.Chaos.Ledgers;
using Granary.Chaos.Silos;
using Granary.Host.Chat;

namespace Granary.Cluster.Tests.Survival;

/// <summary>One machine whose disk is full: SQLite's file and the KV blocks are on it.</summary>
[Trait("Category", "Slow")]
public sealed class FullDiskTests(FullDiskTests.OneSmallMachine survival) : IClassFixture<FullDiskTests.OneSmallMachine>
{
    private const int Length = 500;
    private const int Shown = 40;
    private readonly Journal _journal = new();

    [Fact]
    public async Task FullDisk_theReplyPauses_newMessagesAreToldToTryAgain_andAllGoesOnWhenThereIsRoom()
    {
        var token = TestContext.Current.CancellationToken;
        Assert.SkipWhen(survival.Cluster.Disk is null, "a file system of the test's own needs root");
        var turn = await survival.BeginAsync("one-machine", "one-machine", Length, _journal, Shown);
        var other = await WatchedTurn.BeginAsync(survival.Gateways, survival.Cluster.Silos[0].Url, survival.Cluster.Silos[0].Url, Shown, _journal, [], token);
        await turn.UntilAsync(Shown, token);
        await other.Completion;

        survival.Cluster.Disk!.Fill();
        var refusal = await SayUntilRefusedAsync(other.Ledger.Session, token);
        Assert.True(Retry.Is(refusal), refusal);
        survival.Cluster.Disk.Free();

        await survival.VerifyAsync(_journal, turn);
        Assert.Equal(Length, turn.Ledger.Tokens.Count);
    }

    /// <summary>SQLite may have room in its file for some messages yet.</summary>
    private async Task<string> SayUntilRefusedAsync(string session, CancellationToken token)
    {
        for (var message = 0; message < 50; message++)
        {
            using var hub = new Vanishing(await GatewayPool.ConnectAsync(survival.Cluster.Silos[0].Url, token));
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(token);
                patience.CancelAfter(TimeSpan.FromSeconds(15));
                var ledger = new TurnLedger(_journal, session, "the one who fills it");
                await foreach (var item in hub.Connection.StreamAsync<HubEvent>("Send", [session, new { text = new string('x', 1000), sampling = new { maxTokens = 1 } }], patience.Token))
                {
                    ledger.Add(item);
                }
            }
            catch (HubException refusal)
            {
                return refusal.Code;
            }
            catch (OperationCanceledException) when (!token.IsCancellationRequested)
            {
                // Accepted, and paused before its first token: the next one is refused as the conversation is busy.
            }
        }

        return "never refused";
    }

    public sealed class OneSmallMachine : SurvivalCluster
    {
        internal override ClusterSetup Setup => new() { Silos = SiloSpec.OneMachine, Storage = "sqlite", HasDisk = true, Slots = 4 };
    }
}
