namespace Granary.Turns;

/// <summary>One timer that tells when nothing has come for too long.</summary>
/// <remarks>
/// The time is counted in parts, each begun when the one before was noticed: a process that stood still, or gets no processor, notices few parts, and what came for it
/// meanwhile is read before it is missed. What comes once a token leaves the timer alone: it looks at the clock when it fires, and goes on for what is left.
/// </remarks>
internal sealed class StallWatch : IDisposable
{
    private const int Parts = 4;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Action _told;
    private readonly ITimer _timer;
    private TimeSpan _part;
    private long _began; // the part that runs
    private int _left; // parts; 0: nothing is waited for
    private bool _isTicking;
    private bool _hasStalled;

    /// <param name="time">The clock.</param>
    /// <param name="told">Called when <see cref="HasStalled"/>.</param>
    public StallWatch(TimeProvider time, Action told)
    {
        (_time, _told) = (time, told);
        _timer = time.CreateTimer(static watch => ((StallWatch)watch!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether it was armed for the whole time, and is still.</summary>
    public bool HasStalled
    {
        get
        {
            lock (_lock)
            {
                return _hasStalled;
            }
        }
    }

    /// <summary>Begins to wait, unless it does already.</summary>
    public void Arm(TimeSpan after)
    {
        lock (_lock)
        {
            if (_left > 0 || _hasStalled)
            {
                return;
            }

            (_part, _began, _left) = (after / Parts, _time.GetTimestamp(), Parts);
            if (!_isTicking)
            {
                _isTicking = true;
                _timer.Change(_part, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Something came.</summary>
    public void Disarm()
    {
        lock (_lock)
        {
            (_left, _hasStalled) = (0, false);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        lock (_lock)
        {
            var rest = _left == 0 ? TimeSpan.Zero : _part - _time.GetElapsedTime(_began);
            if (_left > 0 && rest <= TimeSpan.Zero)
            {
                (_began, rest) = (_time.GetTimestamp(), _part);
                _hasStalled = --_left == 0;
            }

            _isTicking = _left > 0;
            if (_isTicking)
            {
                _timer.Change(rest, Timeout.InfiniteTimeSpan);
            }

            if (!_hasStalled)
            {
                return;
            }
        }

        _told();
    }
}
