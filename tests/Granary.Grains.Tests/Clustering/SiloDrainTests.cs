using Granary.Cluster;
using Granary.Clustering;
using Granary.Grains.Tests.Fixtures;
using Granary.Sessions;
using Granary.Serving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Granary.Grains.Tests.Clustering;

public sealed class SiloDrainTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Drain_conversations_that_sleep_go_on_elsewhere_and_nothing_new_comes()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await cluster.CreateAsync($"sleeping-{i}");
        }

        Assert.NotEqual(0, Count(cluster, 0));
        await DrainAsync(cluster, 0);

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("w0 w1 w2 w3 w4 ", (await cluster.Session($"sleeping-{i}").ReadAsync("Hello")).Text());
            await cluster.CreateAsync($"new-{i}");
        }

        Assert.Equal(0, Count(cluster, 0));
        Assert.Equal(40, Count(cluster, 1));
    }

    [Fact]
    public async Task Drain_waits_for_a_turn_that_is_read_there()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        var (session, home, steps) = await BeginAsync(cluster, "reads");
        var reading = ReadAllAsync(session, 0);

        var drain = DrainAsync(cluster, home);
        await Waiting.UntilAsync(() => cluster.Silo(1 - home).GetRequiredService<ServingSilos>().All.Count == 1);
        steps.Release(2);
        Assert.False(drain.IsCompleted);
        steps.Release(3);

        Assert.Equal("w0 w1 w2 w3 w4 ", (await reading).Text());
        await drain;
    }

    [Fact]
    public async Task Drain_turn_that_takes_too_long_goes_on_elsewhere_without_a_reader()
    {
        await using var cluster = await GranaryCluster.StartAsync(settings: new() { ["Granary:Silo:DrainTimeout"] = "00:00:06" });
        var (session, home, steps) = await BeginAsync(cluster, "long");
        steps.Release(2);

        await DrainAsync(cluster, home);
        Assert.Equal(1, cluster.Silo(1 - home).GetRequiredService<LocalTurns>().Count);
        steps.Release(5);

        Assert.Equal("w0 w1 w2 w3 w4 ", (await ReadAllAsync(session, 0)).Text());
    }

    [Fact]
    public async Task Drain_of_the_last_silo_waits_for_nothing()
    {
        await using var cluster = await GranaryCluster.StartAsync(silos: 1);
        var (_, _, steps) = await BeginAsync(cluster, "last");

        await DrainAsync(cluster, 0).WaitAsync(TimeSpan.FromSeconds(5), Token);

        Assert.Equal(1, cluster.Silo(0).GetRequiredService<LocalTurns>().Count);
        steps.Release(5);
    }

    [Fact]
    public async Task Evacuation_empties_the_zone_and_restoring_lets_it_take_work_again()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await cluster.CreateAsync($"evacuated-{i}");
        }

        var control = cluster.Client.GetGrain<IClusterControlGrain>(IClusterControlGrain.Key);
        var silo = cluster.Inner.Silos.ToList().FindIndex(silo => silo.ServiceProvider.GetRequiredService<LocalSilo>().Zone == "zone-1");
        await control.EvacuateAsync("zone-1");
        await Waiting.UntilAsync(() => Count(cluster, silo) == 0);
        Assert.False(cluster.Silo(silo).GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);

        await control.RestoreAsync("zone-1");
        await Waiting.UntilAsync(() => Enumerable.Range(0, 2).All(index => cluster.Silo(index).GetRequiredService<ServingSilos>().All.Count == 2));
        for (var i = 0; i < 40; i++)
        {
            await cluster.CreateAsync($"restored-{i}");
        }

        Assert.NotEqual(0, Count(cluster, silo));
    }

    [Fact]
    public async Task Silo_that_joins_gets_its_share_of_sleeping_conversations_and_none_that_answers()
    {
        await using var cluster = await GranaryCluster.StartAsync(settings: new() { ["Granary:Silo:RebalancePerSecond"] = "100" });
        for (var i = 0; i < 150; i++)
        {
            await cluster.CreateAsync($"shared-{i}");
        }

        var (session, home, steps) = await BeginAsync(cluster, "answering");
        await cluster.Inner.StartAdditionalSiloAsync();
        await Waiting.UntilAsync(() => Enumerable.Range(0, 3).Max(index => Count(cluster, index)) - Enumerable.Range(0, 3).Min(index => Count(cluster, index)) <= 8);

        // One whose move fails sleeps until somebody calls it: nothing is lost when each answers, and nothing is there twice.
        for (var i = 0; i < 150; i++)
        {
            Assert.Empty((await cluster.Session($"shared-{i}").GetHistoryAsync()).Messages);
        }

        await Waiting.UntilAsync(() => Enumerable.Range(0, 3).Sum(index => Count(cluster, index)) == 151); // one that moves is nowhere for a moment
        Assert.Equal(1, cluster.Silo(home).GetRequiredService<LocalTurns>().Count);
        steps.Release(5);
        Assert.Equal("w0 w1 w2 w3 w4 ", (await ReadAllAsync(session, 0)).Text());
    }

    /// <summary>A turn whose engine waits for permits.</summary>
    private static async Task<(ISessionGrain Session, int Home, SemaphoreSlim Steps)> BeginAsync(GranaryCluster cluster, string id)
    {
        var steps = new SemaphoreSlim(0);
        cluster.Script.For($"{id}/0").Steps = steps;
        var session = await cluster.CreateAsync(id);
        await session.SendAsync(new SendMessage { Text = "Hello" });
        return (session, cluster.Inner.Silos.ToList().FindIndex(silo => silo.ServiceProvider.GetRequiredService<LocalTurns>().Count == 1), steps);
    }

    private static async Task DrainAsync(GranaryCluster cluster, int silo)
    {
        var lifetime = cluster.Silo(silo).GetRequiredService<IHostApplicationLifetime>();
        cluster.Silo(silo).GetRequiredService<ISiloDrain>().Begin();
        await Task.Delay(Patience, TimeProvider.System, lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.True(lifetime.ApplicationStopping.IsCancellationRequested);
    }

    /// <summary>As a gateway does: what moves is read on.</summary>
    private static async Task<List<TurnEvent>> ReadAllAsync(ISessionGrain session, int turn)
    {
        using var limit = new CancellationTokenSource(Patience);
        var events = new List<TurnEvent>();
        while (events.LastOrDefault()?.Frame?.FinishReason is null)
        {
            try
            {
                var next = events.Sum(item => item.Frame?.Tokens.Length ?? 0);
                await foreach (var item in session.ReadAsync(turn, next, limit.Token))
                {
                    events.Add(item);
                }
            }
            catch (Exception exception) when (GrainErrors.IsUnavailable(exception))
            {
                await Task.Delay(20, limit.Token);
            }
        }

        return events;
    }

    private static int Count(GranaryCluster cluster, int silo) => cluster.Silo(silo).GetRequiredService<LocalActivations>().Count;
}
