using System.Threading.Tasks.Sources;

namespace Granary.Streaming;

/// <summary>Wakes one waiter, as often as there is something new for him. Set while nobody waits, the next wait ends at once; set twice is set once. Neither allocates.</summary>
/// <remarks>For what happens once a token. Setting is for any thread; waiting for one at a time.</remarks>
/// <param name="inline">Whether the waiter goes on within <see cref="Set"/>, where it waits on no scheduler of its own.</param>
internal sealed class Wake(bool inline = false) : IValueTaskSource
{
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = !inline };
    private bool _isSet;
    private bool _isAwaited;

    /// <summary>Ends when it is set.</summary>
    public ValueTask WaitAsync()
    {
        lock (_lock)
        {
            if (_isSet)
            {
                _isSet = false;
                return ValueTask.CompletedTask;
            }

            _core.Reset();
            _isAwaited = true;
            return new ValueTask(this, _core.Version);
        }
    }

    /// <summary>Something is new.</summary>
    public void Set()
    {
        lock (_lock)
        {
            if (!_isAwaited)
            {
                _isSet = true;
                return;
            }

            _isAwaited = false;
        }

        _core.SetResult(true);
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
