namespace Granary.Conformance.Timers;

public interface ITimerGrain : IGrainWithStringKey
{
    /// <summary>A timer each of whose ticks logs, raises <c>key/tick</c> and, if asked, waits for <c>key/go</c>.</summary>
    Task StartAsync(TimeSpan due, TimeSpan period, bool interleave = false, bool hold = false, bool keepAlive = false);

    Task ChangeAsync(TimeSpan due, TimeSpan period);

    Task StopAsync();

    /// <summary>Raises <c>key/in</c> and stays inside until <c>key/leave</c>.</summary>
    Task HoldAsync();

    Task<string[]> GetLogAsync();

    Task<int> GetMostTicksAtOnceAsync();

    Task FailOnTickAsync();

    Task<Guid> GetActivationAsync();

    Task DeactivateAsync();
}

internal sealed class TimerGrain : Grain, ITimerGrain
{
    private readonly Guid _activation = Guid.NewGuid();
    private readonly List<string> _log = [];
    private IGrainTimer? _timer;
    private int _ticking;
    private int _mostTicking;

    private string Key => this.GetPrimaryKeyString();

    public Task StartAsync(TimeSpan due, TimeSpan period, bool interleave = false, bool hold = false, bool keepAlive = false)
    {
        _timer = this.RegisterGrainTimer(
            (held, _) => TickAsync(held),
            hold,
            new GrainTimerCreationOptions(due, period) { Interleave = interleave, KeepAlive = keepAlive });
        return Task.CompletedTask;
    }

    public Task ChangeAsync(TimeSpan due, TimeSpan period)
    {
        _timer!.Change(due, period);
        return Task.CompletedTask;
    }

    public Task StopAsync()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public async Task HoldAsync()
    {
        _log.Add("in");
        Signals.Raise($"{Key}/in");
        await Signals.WaitAsync($"{Key}/leave");
        _log.Add("out");
    }

    public Task<string[]> GetLogAsync() => Task.FromResult(_log.ToArray());

    public Task<int> GetMostTicksAtOnceAsync() => Task.FromResult(_mostTicking);

    public Task FailOnTickAsync()
    {
        var ticks = 0;
        _timer = this.RegisterGrainTimer(
            () =>
            {
                Signals.Raise($"{Key}/tick");
                return ++ticks == 1 ? throw new InvalidOperationException("A bad tick.") : Task.CompletedTask;
            },
            TimeSpan.FromMilliseconds(1),
            TimeSpan.FromMilliseconds(10));
        return Task.CompletedTask;
    }

    public Task<Guid> GetActivationAsync() => Task.FromResult(_activation);

    public Task DeactivateAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private async Task TickAsync(bool hold)
    {
        _mostTicking = Math.Max(_mostTicking, ++_ticking);
        _log.Add("tick");
        Signals.Raise($"{Key}/tick");
        if (hold)
        {
            await Signals.WaitAsync($"{Key}/go");
        }

        await Task.Yield();
        _ticking--;
    }
}
