using Granary.Grains.Tests.Fixtures;
using Granary.Health;
using Granary.TokenLog;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Health;

public sealed class LocalProgressTests
{
    [Fact]
    public async Task Stalled_store_that_is_away_is_named_and_is_not_once_it_is_back()
    {
        await using var cluster = await GranaryCluster.StartAsync(silos: 1);
        var progress = cluster.Silo(0).GetRequiredService<ILocalProgress>();
        Assert.Empty(progress.Stalled);

        cluster.Fault.IsAway = true;
        await Assert.ThrowsAnyAsync<Exception>(() => cluster.CreateAsync("s"));
        await UntilAsync(() => progress.Stalled.Contains("the store"));
        Assert.True(new HealthOptions().StuckAfter < TimeSpan.FromSeconds(5));

        cluster.Fault.IsAway = false; // nobody asks for anything: the probe finds it out
        await UntilAsync(() => progress.Stalled.Count == 0);
    }

    [Fact]
    public async Task Stalled_log_whose_store_does_not_answer_is_named_and_is_not_once_it_answers()
    {
        var store = new TokenLog.FaultyStore();
        await using var cluster = await GranaryCluster.StartAsync(silos: 1, configure: services => services.AddSingleton<Granary.TokenLog.Stores.ITokenLogStore>(store));
        var progress = cluster.Silo(0).GetRequiredService<ILocalProgress>();
        var log = cluster.Silo(0).GetRequiredService<ITokenLog>();
        var lease = (await log.OpenAsync(new TurnKey("o", 0), null, CancellationToken.None)).Lease;

        store.Block();
        var append = log.AppendAsync(lease, 0, new Granary.Serving.TokenFrame { FirstIndex = 0, Tokens = [1], Text = "" }, CancellationToken.None).AsTask();
        await UntilAsync(() => progress.Stalled.Contains("the token log"));
        Assert.False(append.IsCompleted);

        store.Open();
        await append;
        Assert.Empty(progress.Stalled);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition())
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
