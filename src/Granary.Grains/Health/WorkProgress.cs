namespace Granary.Health;

/// <summary>Whether a part of the silo gets on: work enters, and leaves done or failed. Any thread.</summary>
internal sealed class WorkProgress(TimeProvider timeProvider)
{
    private int _waiting;
    private volatile bool _isFailing;
    private long _lastProgress = timeProvider.GetTimestamp();

    /// <summary>Work that has entered and not left.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Whether the last work to end failed.</summary>
    public bool IsFailing => _isFailing;

    /// <summary>How long work has been waiting, or failing, without any that was done; zero while there is none.</summary>
    public TimeSpan Stalled => Waiting > 0 || _isFailing ? timeProvider.GetElapsedTime(Interlocked.Read(ref _lastProgress)) : TimeSpan.Zero;

    public void Enter()
    {
        if (Interlocked.Increment(ref _waiting) == 1 && !_isFailing)
        {
            Interlocked.Exchange(ref _lastProgress, timeProvider.GetTimestamp()); // idleness is no delay
        }
    }

    /// <summary>Work leaves.</summary>
    /// <param name="count">How much.</param>
    /// <param name="done"><see langword="false"/> if it failed for want of what it needs, such as a store; <see langword="null"/> if it was given up before that was known.</param>
    public void Leave(int count, bool? done)
    {
        if (done == true)
        {
            Interlocked.Exchange(ref _lastProgress, timeProvider.GetTimestamp());
        }

        _isFailing = done is { } known ? !known : _isFailing;
        Interlocked.Add(ref _waiting, -count);
    }
}
