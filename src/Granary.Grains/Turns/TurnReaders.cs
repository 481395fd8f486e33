namespace Granary.Turns;

/// <summary>How many read a turn, or wait for it to begin. From any thread.</summary>
internal sealed class TurnReaders(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private bool _wasRead; // to its end
    private long _lastLeft = time.GetTimestamp();

    /// <summary>Ends when somebody has read it to its end and nobody reads any more.</summary>
    public Task Read => _read.Task;

    /// <summary>How long there has been none; <see langword="null"/> while there is one.</summary>
    public TimeSpan? Absence
    {
        get
        {
            lock (_lock)
            {
                return _count > 0 ? null : time.GetElapsedTime(_lastLeft);
            }
        }
    }

    /// <summary>One comes.</summary>
    public void Enter()
    {
        lock (_lock)
        {
            _count++;
        }
    }

    /// <summary>One goes.</summary>
    /// <param name="hasReadAll">Whether to the end.</param>
    public void Leave(bool hasReadAll = false)
    {
        lock (_lock)
        {
            _wasRead |= hasReadAll;
            _lastLeft = time.GetTimestamp();
            if (--_count == 0 && _wasRead)
            {
                _read.TrySetResult();
            }
        }
    }
}
