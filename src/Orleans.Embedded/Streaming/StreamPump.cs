namespace Orleans.Runtime.Streaming;

/// <summary>One enumeration at the callee.</summary>
internal abstract class StreamPump : IAsyncDisposable
{
    private long _lastPull;
    private int _pulling;

    /// <summary>Most items in a batch.</summary>
    public int BatchSize { get; set; } = 100;

    public TimeSpan IdleTime(TimeProvider time) => _pulling > 0 ? TimeSpan.Zero : time.GetElapsedTime(_lastPull);

    public async Task<StreamBatch> NextAsync(TimeSpan hold, TimeProvider time)
    {
        _pulling++;
        try
        {
            return await PullAsync(hold, time);
        }
        finally
        {
            _pulling--;
            _lastPull = time.GetTimestamp();
        }
    }

    public abstract ValueTask DisposeAsync();

    protected abstract Task<StreamBatch> PullAsync(TimeSpan hold, TimeProvider time);
}

/// <summary>One enumeration at the callee.</summary>
internal sealed class StreamPump<TItem> : StreamPump
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TaskCompletionSource _disposing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IAsyncEnumerator<TItem> _items;
    private Task<bool>? _move;

    public StreamPump(StreamInvokable<TItem> request, object grain)
    {
        request.CancellationToken = _cancellation.Token;
        _items = request.Open(grain).GetAsyncEnumerator(_cancellation.Token);
    }

    public override async ValueTask DisposeAsync()
    {
        if (!_disposing.TrySetResult())
        {
            return;
        }

        await _cancellation.CancelAsync();
        if (_move is not null)
        {
            await ((Task)_move).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        try
        {
            await _items.DisposeAsync();
        }
        catch (Exception)
        {
            // The consumer has gone; what the iterator's clean-up throws has nobody to go to.
        }
    }

    protected override async Task<StreamBatch> PullAsync(TimeSpan hold, TimeProvider time)
    {
        using var writer = new WireWriter();
        var count = 0;
        try
        {
            while (count < BatchSize)
            {
                var move = _move ?? _items.MoveNextAsync().AsTask();
                _move = null;
                if (!move.IsCompleted)
                {
                    // Send what there is; the pull that wants the pending item waits for it.
                    _move = move;
                    if (count > 0)
                    {
                        break;
                    }

                    await Task.WhenAny(move, _disposing.Task, Task.Delay(hold, time));
                    if (_disposing.Task.IsCompleted)
                    {
                        return StreamBatch.Missing;
                    }

                    if (!move.IsCompleted)
                    {
                        break;
                    }

                    _move = null;
                }

                if (!await move)
                {
                    return Batch(StreamState.Completed, null);
                }

                writer.Write(_items.Current);
                count++;
            }
        }
        catch (Exception exception)
        {
            return Batch(StreamState.Failed, exception);
        }

        return Batch(StreamState.Open, null);

        StreamBatch Batch(StreamState state, Exception? error) => new(state, count, writer.WrittenSpan.ToArray(), error);
    }
}
