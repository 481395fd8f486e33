namespace Granary.Turns;

/// <summary>One timer that tells when nothing has come for too long, or when nobody waits any more.</summary>
/// <remarks>
/// The time is counted in parts, each begun when the one before was noticed: a process that stood still, or gets no processor, notices few parts, and what came for it
/// meanwhile is read before it is missed.
/// </remarks>
internal sealed class StallWatch : IDisposable
{
    private const int Parts = 4;

    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private readonly Action? _told;
    private readonly CancellationToken _cancellationToken;
    private readonly CancellationTokenRegistration _cancelled;
    private TaskCompletionSource _stalled = NewSignal();
    private TimeSpan _part;
    private int _left; // parts; 0: nothing is waited for

    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <param name="told">Called when <see cref="Stalled"/> has ended.</param>
    public StallWatch(TimeProvider time, CancellationToken cancellationToken, Action? told = null)
    {
        _told = told;
        _cancellationToken = cancellationToken;
        _timer = time.CreateTimer(static watch => ((StallWatch)watch!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _cancelled = cancellationToken.Register(static watch => ((StallWatch)watch!).Tell(), this);
    }

    /// <summary>Ends when it was armed for the whole time, or at the cancellation.</summary>
    public Task Stalled => _stalled.Task;

    /// <summary>Begins to wait.</summary>
    public void Arm(TimeSpan after)
    {
        if (_stalled.Task.IsCompleted && !_cancellationToken.IsCancellationRequested)
        {
            _stalled = NewSignal();
        }

        lock (_lock)
        {
            _part = after / Parts;
            _left = Parts;
            _timer.Change(_part, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Something came.</summary>
    public void Disarm()
    {
        lock (_lock)
        {
            _left = 0;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        _cancelled.Dispose();
        _timer.Dispose();
    }

    private void Tick()
    {
        lock (_lock)
        {
            if (_left > 0 && --_left == 0)
            {
                Tell();
            }
            else if (_left > 0)
            {
                _timer.Change(_part, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Tell()
    {
        _stalled.TrySetResult();
        _told?.Invoke();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
