using Granary.Chaos.Clients;
using Granary.Chaos.Ledgers;
using Granary.Chaos.Silos;
using Granary.Host.Chat;

namespace Granary.Cluster.Tests.Survival;

/// <summary>One fault at a time, at the place where it hurts. A watcher reads the reply; at the end it must have been shown all of it, once.</summary>
[Trait("Category", "Slow")]
public sealed class SurvivalTests(SurvivalCluster survival) : IClassFixture<SurvivalCluster>
{
    private const int Length = 600; // long enough that no reply has ended when its reader has seen the beginning
    private const int LongLength = 1200; // and that turns queue up
    private const int Early = 20;
    private readonly Journal _journal = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill9_ofTheConversationsSilo_inMidStream_goesOnElsewhere()
    {
        var turn = await survival.BeginAsync("az-c", "az-b", Length, _journal, Early);
        await turn.UntilAsync(Early, Token);

        await using var log = new StoredLog(survival.Cluster);
        var home = await log.HolderAsync(turn.Ledger.Session, 0, Token);

        home.Kill();

        await survival.VerifyAsync(_journal, turn);
        Assert.Equal(Length, turn.Ledger.Tokens.Count);
        Assert.True((await log.ReadAsync(turn.Ledger.Session, 0, Token))!.Value.Epoch > 1);
    }

    [Fact]
    public async Task Kill9_ofTheEnginesSilo_inMidStream_goesOnWithAnotherReplica()
    {
        // The router prefers the conversation's own silo until turns wait there, which it is told every few seconds.
        var turns = new List<WatchedTurn>();
        string? engine;
        while ((engine = turns.SelectMany(turn => turn.Ledger.Silos).FirstOrDefault(silo => silo != "az-b")) is null)
        {
            Assert.True(turns.Count < 24, "no turn was given to another silo");
            turns.Add(await survival.BeginAsync("az-b", "az-b", LongLength, _journal));
            await Task.Delay(250, Token);
        }

        survival.Cluster[engine].Kill();

        await survival.VerifyAsync(_journal, [.. turns]);
        Assert.All(turns, turn => Assert.Equal(LongLength, turn.Ledger.Tokens.Count));
    }

    [Fact]
    public async Task Kill9_ofTheGateway_inMidStream_theClientGoesOnAtAnother()
    {
        var turn = await survival.BeginAsync("az-c", "az-b", Length, _journal, Early);
        await turn.UntilAsync(Early, Token);

        survival.Cluster["az-b"].Kill();

        await survival.VerifyAsync(_journal, turn);
        Assert.Equal(Length, turn.Ledger.Tokens.Count);
    }

    [Fact]
    public async Task Kill9_ofAZone_inMidStream_goesOnInAnother()
    {
        var turns = await Task.WhenAll(
            survival.BeginAsync("az-a", "az-b", Length, _journal, Early),
            survival.BeginAsync("az-a-2", "az-a", Length, _journal, Early),
            survival.BeginAsync("az-c", "az-a", Length, _journal, Early));
        await Task.WhenAll(turns.Select(turn => turn.UntilAsync(Early, Token)));

        survival.Cluster["az-a"].Kill();
        survival.Cluster["az-a-2"].Kill();

        await survival.VerifyAsync(_journal, turns);
        Assert.All(turns, turn => Assert.Equal(Length, turn.Ledger.Tokens.Count));
    }

    [Fact]
    public async Task Sigstop_ofTheConversationsSilo_itComesBackAndAppendsNothing()
    {
        var turn = await survival.BeginAsync("az-c", "az-b", Length, _journal, Early);
        await turn.UntilAsync(Early, Token);
        await using var log = new StoredLog(survival.Cluster);
        var paused = await log.HolderAsync(turn.Ledger.Session, 0, Token);

        paused.Pause();
        long epoch;
        try
        {
            epoch = await log.UntilTakenOverAsync(turn.Ledger.Session, 0, TimeSpan.FromSeconds(60), Token);
        }
        finally
        {
            paused.Resume(); // it still believes that the conversation is its own, and somebody else's is in mid-stream
        }

        await survival.VerifyAsync(_journal, turn);
        Assert.Equal(Length, turn.Ledger.Tokens.Count);
        Assert.Equal(epoch, (await log.ReadAsync(turn.Ledger.Session, 0, Token))!.Value.Epoch);
    }

    [Fact]
    public async Task RedisAway_runningTurnsPause_newOnesAreToldToTryAgain_andAllGoesOnByItself()
    {
        const int Shown = 40;
        var turn = await survival.BeginAsync("az-c", "az-b", Length, _journal, Shown);
        await turn.UntilAsync(Shown, Token);

        survival.Cluster.Redis.Kill();
        try
        {
            var refusal = await SendOnceAsync(turn.Ledger.Session);
            Assert.True(Retry.Is(refusal), refusal);
            Assert.Null(turn.Ledger.FinishReason);
        }
        finally
        {
            await survival.Cluster.Redis.StartAsync(Token);
        }

        await survival.VerifyAsync(_journal, turn);
        Assert.Equal(Length, turn.Ledger.Tokens.Count);
    }

    [Fact]
    public async Task PostgresAway_repliesGoOn()
    {
        var turn = await survival.BeginAsync("az-c", "az-b", Length, _journal, Early);
        await turn.UntilAsync(Early, Token);

        survival.Cluster.Postgres.Kill();
        try
        {
            await turn.Completion.WaitAsync(TimeSpan.FromMinutes(2), Token); // membership alone needs it
        }
        finally
        {
            await survival.Cluster.Postgres.StartAsync(Token);
        }

        await survival.VerifyAsync(_journal, turn);
        Assert.Equal(Length, turn.Ledger.Tokens.Count);
    }

    /// <summary>The code that a new conversation's first message, and its creation before, is refused with.</summary>
    private async Task<string> SendOnceAsync(string session)
    {
        using var hub = new Vanishing(await GatewayPool.ConnectAsync(survival.Cluster["az-b"].Url, Token));
        try
        {
            await hub.Connection.InvokeAsync<HubSession>("Create", Token, new { model = ChaosModel.Name });
            await foreach (var _ in hub.Connection.StreamAsync<HubEvent>("Send", [session, new { text = "Hello" }], Token))
            {
            }

            return "accepted";
        }
        catch (HubException refusal)
        {
            return refusal.Code;
        }
    }
}
