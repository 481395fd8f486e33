namespace Granary.Conformance.Timers;

public sealed class TimerTests(SharedCluster cluster)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(10);

    private readonly string _key = SharedCluster.NewKey();

    private ITimerGrain Grain => cluster.Client.GetGrain<ITimerGrain>(_key);

    [Fact]
    public async Task Timer_ticksAgainAndAgain_untilDisposed()
    {
        await Grain.StartAsync(Soon, Soon);
        for (var i = 0; i < 3; i++)
        {
            await Signals.WaitAsync($"{_key}/tick");
        }

        await Grain.StopAsync();
        var ticks = (await Grain.GetLogAsync()).Length;
        await WaitForAnotherTimerAsync();
        Assert.Equal(ticks, (await Grain.GetLogAsync()).Length);
    }

    [Fact]
    public async Task Tick_whileACallRuns_waitsForItsTurn()
    {
        var holding = Grain.HoldAsync();
        await Signals.WaitAsync($"{_key}/in");
        var starting = Grain.StartAsync(Soon, Timeout.InfiniteTimeSpan);
        Signals.Raise($"{_key}/leave");
        await Task.WhenAll(holding, starting);
        var again = Grain.HoldAsync();
        await Signals.WaitAsync($"{_key}/in");
        await WaitForAnotherTimerAsync(); // The tick is due now.
        Signals.Raise($"{_key}/leave");
        await again;
        await Signals.WaitAsync($"{_key}/tick");

        var log = await Grain.GetLogAsync();
        Assert.True(log is ["in", "out", "in", "out", "tick"] or ["in", "out", "tick", "in", "out"], string.Join(' ', log));
    }

    [Fact]
    public async Task Tick_withInterleave_runsWhileACallWaits()
    {
        await Grain.StartAsync(Soon, Soon, interleave: true);
        var holding = Grain.HoldAsync();
        await Signals.WaitAsync($"{_key}/in");
        while (Signals.Count($"{_key}/tick") > 0)
        {
            await Signals.WaitAsync($"{_key}/tick");
        }

        await Signals.WaitAsync($"{_key}/tick");
        await Signals.WaitAsync($"{_key}/tick");
        Signals.Raise($"{_key}/leave");
        await holding;
        await Grain.StopAsync();
    }

    [Fact]
    public async Task Ticks_longerThanThePeriod_neverOverlap()
    {
        await Grain.StartAsync(Soon, TimeSpan.FromMilliseconds(1), interleave: true, hold: true);
        for (var i = 0; i < 3; i++)
        {
            await Signals.WaitAsync($"{_key}/tick");
            await WaitForAnotherTimerAsync();
            Assert.Equal(0, Signals.Count($"{_key}/tick"));
            Signals.Raise($"{_key}/go");
        }

        await Grain.StopAsync();
        Signals.Raise($"{_key}/go");
        Assert.Equal(1, await Grain.GetMostTicksAtOnceAsync());
    }

    [Fact]
    public async Task Change_movesTheNextTick()
    {
        await Grain.StartAsync(TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        await Grain.ChangeAsync(Soon, Soon);
        await Signals.WaitAsync($"{_key}/tick");
        await Signals.WaitAsync($"{_key}/tick");
        await Grain.StopAsync();
    }

    [Fact]
    public async Task FailedTick_doesNotStopTheTimer()
    {
        await Grain.FailOnTickAsync();
        await Signals.WaitAsync($"{_key}/tick");
        await Signals.WaitAsync($"{_key}/tick");
        await Grain.StopAsync();
    }

    [Fact]
    public async Task Deactivation_endsTheTimers()
    {
        await Grain.StartAsync(Soon, Soon);
        await Signals.WaitAsync($"{_key}/tick");
        var before = await Grain.GetActivationAsync();
        await Grain.DeactivateAsync();
        Assert.NotEqual(before, await Grain.GetActivationAsync());

        await WaitForAnotherTimerAsync();
        Assert.Empty(await Grain.GetLogAsync());
    }

    /// <summary>Lets several periods pass by the clock that the timers themselves run on.</summary>
    private async Task WaitForAnotherTimerAsync()
    {
        var key = SharedCluster.NewKey();
        var other = cluster.Client.GetGrain<ITimerGrain>(key);
        await other.StartAsync(Soon, Soon);
        for (var i = 0; i < 5; i++)
        {
            await Signals.WaitAsync($"{key}/tick");
        }

        await other.StopAsync();
    }
}
