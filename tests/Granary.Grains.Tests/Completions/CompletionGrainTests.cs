using Granary.Completions;
using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Models;
using Granary.Serving;
using Granary.Sessions;
using Granary.TokenLog;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Completions;

public sealed class CompletionGrainTests(TwoSilos silos) : IClassFixture<TwoSilos>
{
    private const string Whole = "w0 w1 w2 w3 w4 ";

    private readonly GranaryCluster _cluster = silos.Cluster;

    [Fact]
    public async Task Start_returns_when_it_runs_and_the_frames_can_be_read_from_any_record()
    {
        var completion = await StartAsync("any");

        var events = await ReadAsync(completion, 0);

        Assert.Equal(Whole, events.Text());
        var frames = events.Where(item => item.Frame is not null).ToArray();
        Assert.Equal(Enumerable.Range(0, frames.Length), frames.Select(item => item.Record));
        Assert.Equal(["none", .. Enumerable.Repeat<string?>(null, frames.Length - 1)], frames.Select(item => item.Frame!.Fingerprint));
        for (var record = 0; record < frames.Length; record++)
        {
            Assert.Equal(frames[record..].Text(), (await ReadAsync(completion, record)).Text());
        }

        Assert.Equal(GranaryCluster.Model, await completion.GetModelAsync());
    }

    [Fact]
    public async Task Start_refused_by_the_replica_throws_what_it_says()
    {
        _cluster.Script.For("long").Failure = (0, new GranaryException(ErrorCode.ContextLengthExceeded, "Too long."));

        await StartAsync("long").RefusesAsync(ErrorCode.ContextLengthExceeded);
    }

    [Fact]
    public async Task Read_of_one_that_never_was_is_refused() =>
        await ReadAsync(_cluster.Client.GetGrain<ICompletionGrain>("nobody"), 0).RefusesAsync(ErrorCode.CompletionNotFound);

    [Fact]
    public async Task Read_after_the_activation_let_go_goes_on_from_the_log()
    {
        var generation = _cluster.Script.For("moving");
        generation.Steps = new SemaphoreSlim(2);
        var completion = await StartAsync("moving", priority: 7);
        var events = new List<TurnEvent>();
        await ReadAndLetGoAsync().MovesAsync();

        events.AddRange(await ReadAsync(completion, events.Count(item => item.Frame is not null)));

        Assert.Equal(Whole, events.Text());
        Assert.Equal(FinishReason.Stop, events[^1].Frame!.FinishReason);
        Assert.Equal([7, 7], generation.Priorities); // the log keeps it

        async Task ReadAndLetGoAsync()
        {
            await foreach (var item in completion.ReadAsync(0))
            {
                events.Add(item);
                if (events.Text() == "w0 w1 ")
                {
                    await Task.WhenAll(Enumerable.Range(0, 2).Select(i => _cluster.Silo(i).GetRequiredService<LocalTurns>().DetachAllAsync()));
                    generation.Steps.Release(5);
                }
            }
        }
    }

    [Fact]
    public async Task Start_again_after_its_end_begins_nothing_anew()
    {
        var completion = await StartAsync("again");
        var events = await ReadAsync(completion, 0);
        await UntilClosedAsync("again");
        await _cluster.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

        await StartAsync("again");

        Assert.Equal(events.Text(), (await ReadAsync(completion, 0)).Text());
        Assert.Single(_cluster.Script.For("again").Resumed);
    }

    [Fact]
    public async Task Read_of_one_whose_log_was_closed_before_its_end_says_that_it_broke_off()
    {
        var generation = _cluster.Script.For("broken");
        generation.Steps = new SemaphoreSlim(2);
        var completion = await StartAsync("broken");
        await foreach (var item in completion.ReadAsync(0))
        {
            if (item.Frame?.Text == "w1 ")
            {
                break;
            }
        }

        var log = _cluster.Silo(0).GetRequiredService<ITokenLog>();
        var taken = await log.OpenAsync(new TurnKey("completion/broken", 0), null, CancellationToken.None);
        await log.CloseAsync(taken.Lease, null, CancellationToken.None);
        generation.Steps.Release(5);

        await FollowAsync(completion, 2).RefusesAsync(ErrorCode.Unavailable);
        await StartAsync("broken");
        await ReadAsync(completion, 0).RefusesAsync(ErrorCode.Unavailable);
    }

    [Fact]
    public async Task Nobody_reading_for_the_whole_time_stops_it()
    {
        await using var cluster = await GranaryCluster.StartAsync(silos: 1, settings: new() { ["Granary:Completions:AbandonAfter"] = "00:00:00" });
        var generation = cluster.Script.For("left");
        generation.Steps = new SemaphoreSlim(1);

        await StartAsync("left", cluster);

        Assert.Equal(1, await generation.Ended.Task.WaitAsync(TurnReading.Patience));
    }

    private async Task<ICompletionGrain> StartAsync(string id, GranaryCluster? cluster = null, int priority = 0)
    {
        var completion = (cluster ?? _cluster).Client.GetGrain<ICompletionGrain>(id);
        await completion.StartAsync(GranaryCluster.Model, new GenerateRequest { RequestId = id, Prompts = [new RawPrompt("Hi")], Priority = priority });
        return completion;
    }

    private async Task UntilClosedAsync(string id)
    {
        using var limit = new CancellationTokenSource(TurnReading.Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await _cluster.Silo(0).GetRequiredService<ITokenLog>().ListOpenAsync(limit.Token)).Any(open => open.Turn.Owner == $"completion/{id}"))
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <summary>Reads when the activation has let go that another one has taken the log from.</summary>
    private static async Task<List<TurnEvent>> FollowAsync(ICompletionGrain completion, int nextRecord)
    {
        using var limit = new CancellationTokenSource(TurnReading.Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                return await ReadAsync(completion, nextRecord);
            }
            catch (Exception exception) when (GrainErrors.IsUnavailable(exception))
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
    }

    private static async Task<List<TurnEvent>> ReadAsync(ICompletionGrain completion, int nextRecord)
    {
        using var limit = new CancellationTokenSource(TurnReading.Patience);
        var events = new List<TurnEvent>();
        await foreach (var item in completion.ReadAsync(nextRecord, limit.Token))
        {
            events.Add(item);
        }

        return events;
    }
}
