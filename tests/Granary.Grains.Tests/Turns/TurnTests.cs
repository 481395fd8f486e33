using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Models;
using Granary.Sessions;
using Granary.TokenLog;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Turns;

public sealed class TurnTests
{
    private const string Whole = "w0 w1 w2 w3 w4 ";

    [Fact]
    public async Task Read_after_the_activation_let_go_goes_on_exactly_where_it_was()
    {
        await using var cluster = await GranaryCluster.StartAsync(silos: 1);
        var session = await cluster.CreateAsync("moved");
        var generation = cluster.Script.For("moved/0");
        generation.Steps = new SemaphoreSlim(2);
        var started = await session.SendAsync(new SendMessage { Text = "go", Priority = 6 });
        var reader = new LedgerReader(session, started.Turn);
        await reader.ReadUntilAsync("w0 w1 ");

        await cluster.Silo(0).GetRequiredService<LocalTurns>().DetachAllAsync();
        generation.Steps.Release(5);

        await reader.ReadToEndAsync().MovesAsync();
        await new LedgerReader(session, started.Turn, reader).ReadToEndAsync();
        Assert.Equal(Whole, reader.Text);
        Assert.Equal([null, 2], generation.Resumed);
        Assert.Equal([6, 6], generation.Priorities);
        Assert.Equal(["go", Whole], (await session.GetHistoryAsync()).Messages.Select(message => message.Content));
    }

    [Fact]
    public async Task Turn_that_nobody_reads_is_woken_and_ends()
    {
        await using var cluster = await GranaryCluster.StartAsync(silos: 1);
        var session = await cluster.CreateAsync("alone");
        var generation = cluster.Script.For("alone/0");
        generation.Steps = new SemaphoreSlim(2);
        var started = await session.SendAsync(new SendMessage { Text = "go" });
        await new LedgerReader(session, started.Turn).ReadUntilAsync("w0 w1 ");

        await cluster.Silo(0).GetRequiredService<LocalTurns>().DetachAllAsync();
        generation.Steps.Release(5);

        var log = cluster.Silo(0).GetRequiredService<ITokenLog>();
        using var limit = new CancellationTokenSource(TurnReading.Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await log.ListOpenAsync(limit.Token)).Count > 0)
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }

        Assert.Equal(Whole, (await session.GetHistoryAsync()).Messages[^1].Content);
    }

    [Fact]
    public async Task Silo_killed_in_mid_turn_the_other_one_goes_on()
    {
        await using var cluster = await GranaryCluster.StartAsync(silos: 2);
        var session = await cluster.CreateAsync("killed");
        var generation = cluster.Script.For("killed/0");
        generation.Steps = new SemaphoreSlim(3);
        var started = await session.SendAsync(new SendMessage { Text = "go" });
        var reader = new LedgerReader(session, started.Turn);
        await reader.ReadUntilAsync("w0 w1 w2 ");
        var dead = cluster.Inner.Silos.Single(silo => silo.ServiceProvider.GetRequiredService<LocalTurns>().Count == 1);

        await cluster.Inner.KillSiloAsync(dead);
        generation.Steps.Release(10);

        var survivor = cluster.Inner.Silos.First(silo => silo != dead).ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<ISessionGrain>("killed");
        await LedgerReader.FollowAsync(survivor, reader);
        Assert.Equal(Whole, reader.Text);
        Assert.Equal(Whole, (await survivor.GetHistoryAsync()).Messages[^1].Content);
    }

    [Fact]
    public async Task Turn_opened_by_somebody_else_appends_nothing_more()
    {
        await using var cluster = await GranaryCluster.StartAsync(silos: 1);
        var session = await cluster.CreateAsync("fenced");
        var generation = cluster.Script.For("fenced/0");
        generation.Steps = new SemaphoreSlim(2);
        var started = await session.SendAsync(new SendMessage { Text = "go" });
        var reader = new LedgerReader(session, started.Turn);
        await reader.ReadUntilAsync("w0 w1 ");

        var log = cluster.Silo(0).GetRequiredService<ITokenLog>();
        var taken = await log.OpenAsync(new TurnKey("session/fenced", 0), null, CancellationToken.None);
        generation.Steps.Release(1);

        await reader.ReadToEndAsync().MovesAsync();
        Assert.Equal("w0 w1 ", reader.Text);
        Assert.Equal(2, taken.Frames.Count);
        generation.Steps.Release(5);
        await LedgerReader.FollowAsync(session, reader);
        Assert.Equal(Whole, reader.Text);
    }

    [Fact]
    public async Task Turn_that_fails_when_somebody_else_has_it_ends_for_nobody()
    {
        await using var cluster = await GranaryCluster.StartAsync(silos: 1);
        var session = await cluster.CreateAsync("failing");
        var generation = cluster.Script.For("failing/0");
        (generation.Steps, generation.Failure) = (new SemaphoreSlim(2), (2, new GranaryException(ErrorCode.InvalidRequest, "no")));
        var started = await session.SendAsync(new SendMessage { Text = "go" });
        var reader = new LedgerReader(session, started.Turn);
        await reader.ReadUntilAsync("w0 w1 ");

        var log = cluster.Silo(0).GetRequiredService<ITokenLog>();
        await log.OpenAsync(new TurnKey("session/failing", 0), null, CancellationToken.None);
        generation.Steps.Release(1);
        await reader.ReadToEndAsync().MovesAsync();

        generation.Failure = null;
        generation.Steps.Release(5);
        await LedgerReader.FollowAsync(session, reader);
        Assert.Equal(Whole, reader.Text);
        Assert.Equal(Whole, (await session.GetHistoryAsync()).Messages[^1].Content);
    }

    [Fact]
    public async Task Recover_at_an_activation_that_is_out_of_date_goes_on_with_the_turn()
    {
        using var folder = new TemporaryFolder();
        await using var cluster = await GranaryCluster.StartAsync(silos: 1, database: folder.File("granary.db"));
        await using var other = await GranaryCluster.StartAsync(silos: 1, database: folder.File("granary.db"));
        var session = await cluster.CreateAsync("stale");
        Assert.False((await other.Session("stale").GetHistoryAsync()).IsAnswering);
        var generation = cluster.Script.For("stale/0");
        generation.Steps = new SemaphoreSlim(2);
        var started = await session.SendAsync(new SendMessage { Text = "go" });
        var reader = new LedgerReader(session, started.Turn);
        await reader.ReadUntilAsync("w0 w1 ");

        await other.Session("stale").RecoverAsync(started.Turn);

        await other.Session("stale").RestAsync();
        generation.Steps.Release(1);
        await LedgerReader.FollowAsync(session, reader);
        Assert.Equal(Whole, reader.Text);
    }

    [Fact]
    public async Task Turn_whose_log_was_closed_before_its_end_broke_off_and_the_conversation_goes_on()
    {
        await using var cluster = await GranaryCluster.StartAsync(silos: 1);
        var session = await cluster.CreateAsync("closed");
        var generation = cluster.Script.For("closed/0");
        generation.Steps = new SemaphoreSlim(2);
        var started = await session.SendAsync(new SendMessage { Text = "go" });
        var reader = new LedgerReader(session, started.Turn);
        await reader.ReadUntilAsync("w0 w1 ");

        var log = cluster.Silo(0).GetRequiredService<ITokenLog>();
        await log.CloseAsync((await log.OpenAsync(new TurnKey("session/closed", 0), null, CancellationToken.None)).Lease, null, CancellationToken.None);
        generation.Steps.Release(5);

        await LedgerReader.FollowAsync(session, reader).RefusesAsync(ErrorCode.Unavailable);
        await session.RestAsync();
        Assert.Equal("w0 w1 ", reader.Text);
        Assert.Equal(Whole, (await session.ReadAsync("next")).Text());
    }

    [Fact]
    public async Task Send_again_with_the_same_id_is_the_same_turn()
    {
        await using var cluster = await GranaryCluster.StartAsync(silos: 1);
        var session = await cluster.CreateAsync("again");
        cluster.Script.For("again/0").Steps = new SemaphoreSlim(5);

        var first = await session.SendAsync(new SendMessage { Text = "go", MessageId = "m1" });
        var running = await session.SendAsync(new SendMessage { Text = "go", MessageId = "m1" });
        await session.RestAsync();
        var ended = await session.SendAsync(new SendMessage { Text = "go", MessageId = "m1" });

        Assert.Equal([0, 0, 0], [first.Turn, running.Turn, ended.Turn]);
        Assert.Equal(2, (await session.GetHistoryAsync()).Messages.Length);
        Assert.Equal(1, (await session.SendAsync(new SendMessage { Text = "go", MessageId = "m2" })).Turn);
    }

    [Theory]
    [InlineData(0, Whole)]
    [InlineData(3, "w3 w4 ")]
    [InlineData(5, "")]
    [InlineData(9, "")]
    public async Task Read_of_an_old_turn_comes_from_the_log(int nextIndex, string text)
    {
        await using var cluster = await GranaryCluster.StartAsync(silos: 1);
        var session = await cluster.CreateAsync("old");
        await session.ReadAsync("one");
        await session.ReadAsync("two");
        await session.RestAsync();

        var events = new List<TurnEvent>();
        await foreach (var item in session.ReadAsync(0, nextIndex))
        {
            events.Add(item);
        }

        Assert.Equal(text, events.Text());
        Assert.Equal(nextIndex <= 5 ? FinishReason.Stop : null, events.LastOrDefault()?.Frame?.FinishReason);
    }

    [Fact]
    public async Task Read_of_a_turn_that_never_was_is_refused()
    {
        await using var cluster = await GranaryCluster.StartAsync(silos: 1);
        var session = await cluster.CreateAsync("never");

        await new LedgerReader(session, 7).ReadToEndAsync().RefusesAsync(ErrorCode.InvalidRequest);
    }

    [Fact]
    public async Task Two_readers_see_the_same()
    {
        await using var cluster = await GranaryCluster.StartAsync(silos: 2);
        var session = await cluster.CreateAsync("two");
        var generation = cluster.Script.For("two/0");
        generation.Steps = new SemaphoreSlim(1);
        var started = await session.SendAsync(new SendMessage { Text = "go" });
        LedgerReader[] readers =
        [
            new(cluster.Silo(0).GetRequiredService<IGrainFactory>().GetGrain<ISessionGrain>("two"), started.Turn),
            new(cluster.Silo(1).GetRequiredService<IGrainFactory>().GetGrain<ISessionGrain>("two"), started.Turn),
        ];
        await readers[0].ReadUntilAsync("w0 ");

        generation.Steps.Release(4);

        await Task.WhenAll(readers.Select(reader => reader.ReadToEndAsync()));
        Assert.All(readers, reader => Assert.Equal(Whole, reader.Text));
    }
}
