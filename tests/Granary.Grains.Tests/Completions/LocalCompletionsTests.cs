using Granary.Completions;
using Granary.Grains.Tests.Fixtures;
using Granary.Serving;
using Granary.Sessions;
using Granary.Tenants;
using Granary.Turns;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Completions;

public sealed class LocalCompletionsTests(TwoSilos silos) : IClassFixture<TwoSilos>
{
    private const string Whole = "w0 w1 w2 w3 w4 ";

    private readonly GranaryCluster _cluster = silos.Cluster;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_runs_it_on_the_silo_that_is_asked_and_wakes_no_grain()
    {
        var (local, key) = (Local(1), Key(1, "here"));
        await StartAsync(local, key);

        var events = await ReadAsync(local.Read(key, 0, Cancel)!);

        Assert.Equal(Whole, events.Text());
        Assert.Equal(Enumerable.Range(0, events.Count - 1), events.Where(item => item.Frame is not null).Select(item => item.Record));
        Assert.Null(Local(0).Read(key, 0, Cancel));
        Assert.Null(await AwakeAtAsync(key));
    }

    [Fact]
    public async Task Grain_of_one_comes_up_where_it_was_begun_and_reads_the_same_run()
    {
        using var limit = new CancellationTokenSource(TurnReading.Patience);
        for (var silo = 0; silo < 2; silo++)
        {
            var key = Key(silo, "elsewhere");
            var generation = _cluster.Script.For(key);
            generation.Steps = new SemaphoreSlim(2);
            await StartAsync(Local(silo), key);

            var reading = ReadAsync(_cluster.Client.GetGrain<ICompletionGrain>(key).ReadAsync(0, Cancel));
            var here = ReadAsync(Local(silo).Read(key, 0, Cancel)!);
            while (await AwakeAtAsync(key) is not { } at || !at.Equals(_cluster.Inner.Silos[silo].SiloAddress))
            {
                await Task.Delay(20, limit.Token);
            }

            generation.Steps.Release(5);

            Assert.Equal(Whole, (await reading).Text());
            Assert.Equal(Whole, (await here).Text());
            Assert.Single(generation.Resumed);
        }
    }

    [Fact]
    public async Task Start_asked_again_through_the_grain_begins_nothing_anew()
    {
        var key = Key(1, "twice");
        _cluster.Script.For(key).Steps = new SemaphoreSlim(2);
        var starts = Enumerable.Range(0, 4).Select(i => i % 2 == 0 ? StartAsync(Local(1), key) : StartAsync(key, isRepeated: true)).ToArray();
        await Task.WhenAll(starts);
        _cluster.Script.For(key).Steps!.Release(5);

        Assert.Equal(Whole, (await ReadAsync(_cluster.Client.GetGrain<ICompletionGrain>(key).ReadAsync(0, Cancel))).Text());
        Assert.Single(_cluster.Script.For(key).Resumed);
    }

    [Fact]
    public async Task Stop_ends_it_where_it_runs_and_through_its_grain()
    {
        foreach (var name in new[] { "stopped", "stopped from afar" })
        {
            var key = Key(1, name);
            _cluster.Script.For(key).Steps = new SemaphoreSlim(2);
            await StartAsync(Local(1), key);
            var reading = ReadAsync(Local(1).Read(key, 0, Cancel)!);

            await (name == "stopped" && Local(1).TryStop(key, out var stopped) ? stopped : _cluster.Client.GetGrain<ICompletionGrain>(key).StopAsync());

            Assert.Equal(Models.FinishReason.Cancelled, (await reading)[^1].Frame!.FinishReason);
        }

        Assert.False(Local(1).TryStop(Key(1, "never begun"), out _));
    }

    [Fact]
    public async Task Read_to_the_end_lets_the_silo_forget_it_and_its_grain_reads_the_log()
    {
        var (local, key) = (Local(0), Key(0, "forgotten"));
        await StartAsync(local, key);

        await ReadAsync(local.Read(key, 0, Cancel)!);

        await Waiting.UntilAsync(() => local.Read(key, 0, Cancel) is null);
        Assert.Equal(Whole, (await ReadAsync(_cluster.Client.GetGrain<ICompletionGrain>(key).ReadAsync(0, Cancel))).Text());
    }

    [Fact]
    public async Task Read_of_one_that_leaves_says_so_and_it_goes_on_through_its_grain()
    {
        var (local, key) = (Local(0), Key(0, "leaving"));
        var generation = _cluster.Script.For(key);
        generation.Steps = new SemaphoreSlim(2);
        await StartAsync(local, key);
        var reading = ReadAsync(local.Read(key, 0, Cancel)!);

        await _cluster.Silo(0).GetRequiredService<LocalTurns>().DetachAllAsync();

        await Assert.ThrowsAsync<TurnMovedException>(() => reading.WaitAsync(TurnReading.Patience));
        Assert.Null(local.Read(key, 0, Cancel));
        generation.Steps.Release(5);
        Assert.Equal(Whole, (await ReadAsync(_cluster.Client.GetGrain<ICompletionGrain>(key).ReadAsync(0, Cancel))).Text());
    }

    [Fact]
    public async Task Run_of_a_killed_silo_goes_on_where_it_is_asked_for()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        var key = "survivor-" + Local(cluster, 1).Mark;
        var generation = cluster.Script.For(key);
        generation.Steps = new SemaphoreSlim(2);
        await StartAsync(Local(cluster, 1), key);
        await foreach (var item in Local(cluster, 1).Read(key, 0, Cancel)!)
        {
            if (item.Frame?.Text == "w1 ")
            {
                break;
            }
        }

        await cluster.Inner.KillSiloAsync(cluster.Inner.Silos[1]);
        generation.Steps.Release(10);

        List<TurnEvent>? events = null;
        using var limit = new CancellationTokenSource(TurnReading.Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (events is null)
        {
            await timer.WaitForNextTickAsync(limit.Token);
            try
            {
                events = await ReadAsync(cluster.Client.GetGrain<ICompletionGrain>(key).ReadAsync(0, limit.Token));
            }
            catch (Exception exception) when (GrainErrors.IsUnavailable(exception))
            {
                // Its silo is not known to be dead yet.
            }
        }

        Assert.Equal(Whole, events.Text());
    }

    private static ILocalCompletions Local(GranaryCluster cluster, int silo) => cluster.Silo(silo).GetRequiredService<ILocalCompletions>();

    private ILocalCompletions Local(int silo) => Local(_cluster, silo);

    /// <summary>Where its grain is.</summary>
    private async Task<SiloAddress?> AwakeAtAsync(string key) =>
        await _cluster.Client.GetGrain<IManagementGrain>(0).GetActivationAddress(_cluster.Client.GetGrain<ICompletionGrain>(key));

    private string Key(int silo, string name) => $"{name}-{Local(silo).Mark}";

    private static GenerateRequest Request(string key) => new() { RequestId = key, Prompts = [new RawPrompt("Hi")] };

    private static Task<RateLimits?> StartAsync(ILocalCompletions local, string key)
    {
        Assert.True(local.TryStart(key, GranaryCluster.Model, Request(key), out var accepted));
        return accepted;
    }

    private Task<RateLimits?> StartAsync(string key, bool isRepeated) => _cluster.Client.GetGrain<ICompletionGrain>(key).StartAsync(GranaryCluster.Model, Request(key), isRepeated);

    private static async Task<List<TurnEvent>> ReadAsync(IAsyncEnumerable<TurnEvent> items)
    {
        var events = new List<TurnEvent>();
        await foreach (var item in items)
        {
            events.Add(item);
        }

        return events;
    }
}
