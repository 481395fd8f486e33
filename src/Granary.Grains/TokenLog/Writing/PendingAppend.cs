using System.Threading.Tasks.Sources;

namespace Granary.TokenLog.Writing;

/// <summary>A record on its way to the store, and the wait for it: one for each token.</summary>
/// <param name="lease">The right to append.</param>
/// <param name="record">Its number.</param>
/// <param name="data">The record; <see langword="null"/> for one that only waits until all before it are written.</param>
internal sealed class PendingAppend(TurnLease lease, int record, byte[]? data) : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private int _hasEnded;

    public TurnLease Lease => lease;

    public int Record => record;

    public byte[]? Data => data;

    /// <summary>Where a place is free again when it has ended.</summary>
    public SemaphoreSlim? Room { get; init; }

    /// <summary>Ends when the record is written; fails with <see cref="FencedException"/>. To be called once.</summary>
    /// <param name="cancellationToken">Ends the wait; the record may be written all the same.</param>
    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        _cancellation = cancellationToken.UnsafeRegister(static (append, token) => ((PendingAppend)append!).End(new OperationCanceledException(token)), this);
        return new ValueTask(this, _core.Version);
    }

    /// <summary>It is written, or will not be.</summary>
    /// <param name="failure">Why it will not be. Ending twice is no error.</param>
    public void End(Exception? failure = null)
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) != 0)
        {
            return;
        }

        Room?.Release();
        if (failure is null)
        {
            _core.SetResult(true);
        }
        else
        {
            _core.SetException(failure);
        }
    }

    void IValueTaskSource.GetResult(short token)
    {
        _cancellation.Dispose();
        _core.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
