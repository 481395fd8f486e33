using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Models;
using Granary.Serving;

namespace Granary.Grains.Tests.Sessions;

public sealed class SessionStoreTests
{
    [Fact]
    public async Task Send_with_the_store_away_is_refused_and_keeps_nothing()
    {
        await using var cluster = await GranaryCluster.StartAsync(silos: 1);
        var session = await cluster.CreateAsync("store");

        cluster.Fault.IsAway = true;
        await session.ReadAsync("lost").RefusesAsync(ErrorCode.StoreUnavailable);
        cluster.Fault.IsAway = false;

        Assert.Empty((await session.GetHistoryAsync()).Messages);
        Assert.Equal(FinishReason.Stop, (await session.ReadAsync("kept"))[^1].Frame!.FinishReason);
    }

    [Fact]
    public async Task Reply_that_cannot_be_stored_is_shown_from_the_log_and_stored_when_the_store_is_back()
    {
        await using var cluster = await GranaryCluster.StartAsync(silos: 1);
        var session = await cluster.CreateAsync("reply");
        var generation = cluster.Script.For("reply/0");
        generation.Steps = new SemaphoreSlim(0);
        var reading = session.ReadAsync("one");
        await generation.Prompt.Task.WaitAsync(TurnReading.Patience);

        cluster.Fault.IsAway = true;
        generation.Steps.Release(5);
        Assert.Equal("w0 w1 w2 w3 w4 ", (await reading).Text());
        await session.ReadAsync("two").RefusesAsync(ErrorCode.SessionBusy);
        cluster.Fault.IsAway = false;

        await session.RestAsync();
        Assert.Equal(["one", "w0 w1 w2 w3 w4 "], (await session.GetHistoryAsync()).Messages.Select(message => message.Content));
        await session.ReadAsync("two");
    }

    [Fact]
    public async Task Activation_with_the_store_away_is_refused_as_retryable()
    {
        await using var cluster = await GranaryCluster.StartAsync(silos: 1);
        cluster.Fault.IsAway = true;

        var error = await Assert.ThrowsAnyAsync<Exception>(() => cluster.Session("cold").GetHistoryAsync());
        Assert.Equal(ErrorCode.StoreUnavailable, GrainErrors.Translate(error).Code);

        cluster.Fault.IsAway = false;
        await cluster.Session("cold").GetHistoryAsync().RefusesAsync(ErrorCode.SessionNotFound);
    }

    [Fact]
    public async Task Restarted_cluster_has_the_transcript_and_the_list()
    {
        using var folder = new TemporaryFolder();
        var database = folder.File("granary.db");
        await using (var before = await GranaryCluster.StartAsync(silos: 1, database))
        {
            await (await before.CreateAsync("kept", "kim")).ReadAsync("remember me");
        }

        await using var after = await GranaryCluster.StartAsync(silos: 1, database);

        var history = await after.Session("kept").GetHistoryAsync();
        Assert.Equal(["remember me", "w0 w1 w2 w3 w4 "], history.Messages.Select(message => message.Content));
        var listed = Assert.Single(await after.Client.GetGrain<Granary.Sessions.ISessionIndexGrain>("kim").ListAsync());
        Assert.Equal("remember me", listed.Title);
        Assert.Equal(1, listed.Turns);
    }
}
