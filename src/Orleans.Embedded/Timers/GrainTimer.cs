namespace Orleans.Runtime.Timers;

/// <summary>A grain's timer. A tick is a request of the activation to itself; the next is armed when it has ended, so that ticks never overlap.</summary>
internal sealed class GrainTimer : IGrainTimer, IActivationWork
{
    private readonly Lock _lock = new();
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly GrainTimerCreationOptions _options;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ITimer _timer;
    private TimeSpan _period;
    private bool _isTicking;
    private bool _isChanged;
    private bool _isStopped;

    private GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        _activation = activation;
        _callback = callback;
        _options = options;
        _period = options.Period;
        _timer = CleanContext.Run(this, static timer =>
            timer._activation.Silo.Time.CreateTimer(static state => ((GrainTimer)state!).Due(), timer, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
    }

    public bool AlwaysInterleaves => _options.Interleave;

    public bool IsReadOnly => false;

    public Guid Reentrancy => Guid.Empty;

    public static GrainTimer Start(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        Check(options.DueTime, nameof(options.DueTime));
        Check(options.Period, nameof(options.Period));
        var timer = new GrainTimer(activation, callback, options);
        activation.Add(timer);
        timer._timer.Change(options.DueTime, Timeout.InfiniteTimeSpan);
        return timer;
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        lock (_lock)
        {
            _period = period;
            _isChanged = true;
            if (!_isStopped)
            {
                _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public async Task RunAsync(Activation activation)
    {
        RequestContext.Import(null, Guid.Empty);
        if (!_isStopped)
        {
            try
            {
                if (_options.KeepAlive)
                {
                    activation.Touch();
                }

                await _callback(_stopping.Token);
            }
            catch (Exception exception)
            {
                activation.Silo.Logs.TimerFailed(exception, activation.GrainId);
            }
        }

        lock (_lock)
        {
            _isTicking = false;
            if (!_isStopped && !_isChanged && _period != Timeout.InfiniteTimeSpan)
            {
                _timer.Change(_period, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        Stop();
        _activation.Remove(this);
    }

    /// <summary>No tick begins any more; a running one sees its token cancelled.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            if (_isStopped)
            {
                return;
            }

            _isStopped = true;
        }

        _timer.Dispose();
        _stopping.Cancel();
    }

    private static void Check(TimeSpan time, string name)
    {
        if (time < TimeSpan.Zero && time != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, time, "A timer's times are positive, zero, or infinite.");
        }
    }

    private void Due()
    {
        lock (_lock)
        {
            if (_isTicking || _isStopped)
            {
                // A change during a tick fell due before the tick ended: look again soon.
                if (_isTicking && !_isStopped)
                {
                    _timer.Change(TimeSpan.FromMilliseconds(10), Timeout.InfiniteTimeSpan);
                }

                return;
            }

            _isTicking = true;
            _isChanged = false;
        }

        if (!_activation.TryEnqueue(this))
        {
            Stop();
        }
    }
}
