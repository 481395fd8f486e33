using System.Threading.Channels;
using Granary.Health;
using Granary.TokenLog.Stores;
using Microsoft.Extensions.Logging;

namespace Granary.TokenLog.Writing;

/// <summary>
/// The silo's one writer: takes appends from a channel and commits all that wait together. While the store is away it keeps what it took and tries again;
/// the order of a turn's appends is that of their calls.
/// </summary>
internal sealed partial class LogWriter : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1); // that a timer can wait
    private static readonly TimeSpan FlushTime = TimeSpan.FromSeconds(5);

    private readonly Channel<PendingAppend> _queue = Channel.CreateUnbounded<PendingAppend>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly LogBatch _batch = new();
    private readonly ITokenLogStore _store;
    private readonly TokenLogOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly WorkProgress _progress;
    private readonly LogMetrics _metrics;
    private readonly SemaphoreSlim _room;
    private readonly ILogger _logger;
    private readonly Action<TurnLease> _fenced;
    private readonly Task _running;
    private TimeSpan _lastCommit; // how long it took

    /// <param name="store">Where to.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Where to note whether it gets on.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="fenced">Told of every lease that turns out to be worth nothing any more.</param>
    /// <param name="logger">For what goes wrong.</param>
    public LogWriter(ITokenLogStore store, TokenLogOptions options, WorkProgress progress, TimeProvider timeProvider, Action<TurnLease> fenced, ILogger logger)
    {
        (_store, _options, _progress, _timeProvider, _fenced, _logger) = (store, options, progress, timeProvider, fenced, logger);
        _metrics = new LogMetrics(progress);
        _lastCommit = options.CommitInterval;
        _room = new SemaphoreSlim(options.MaxWaiting);
        // Not on the scheduler of the grain that happens to be the first one to want the log.
        _running = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Default).Unwrap();
    }

    /// <summary>Ends when the append is committed.</summary>
    /// <exception cref="FencedException">The turn was opened by somebody else.</exception>
    /// <exception cref="ObjectDisposedException">The silo ends.</exception>
    public ValueTask WriteAsync(PendingAppend append, CancellationToken cancellationToken)
    {
        Enqueue(append);
        return append.WaitAsync(cancellationToken);
    }

    /// <summary>Ends when the append is accepted, which takes no longer than there are fewer than <see cref="TokenLogOptions.MaxWaiting"/>.</summary>
    public async ValueTask PostAsync(TurnLease lease, int record, byte[] data, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        Enqueue(new PendingAppend(lease, record, data) { Room = _room });
    }

    /// <summary>Writes what waits, for some seconds at most, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _stop.CancelAfter(FlushTime);
        await _running;
        _metrics.Dispose();
        _stop.Dispose();
        _room.Dispose();
    }

    private void Enqueue(PendingAppend append)
    {
        _progress.Enter();
        if (!_queue.Writer.TryWrite(append))
        {
            _progress.Leave(1, done: null);
            throw new ObjectDisposedException(nameof(LogWriter), "The silo's token log has ended.");
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (await _queue.Reader.WaitToReadAsync(_stop.Token))
            {
                await GatherAsync();
                Take();
                await CommitAsync();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            AbandonAll();
        }
    }

    /// <summary>
    /// The step of an engine ends for all its sequences at once: those that come a moment later go into the same commit. Whoever waits for a commit is not kept for longer than
    /// the last one took: where they cost little, many do no harm.
    /// </summary>
    private async Task GatherAsync()
    {
        if (_progress.Waiting >= _options.MaxBatch || _queue.Reader.Completion.IsCompleted)
        {
            return;
        }

        var pause = _options.Mode == TokenLogMode.Async || _lastCommit > _options.CommitInterval ? _options.CommitInterval : _lastCommit;
        if (pause < Shortest)
        {
            await Task.Yield();
        }
        else
        {
            await Task.Delay(pause, _timeProvider, _stop.Token);
        }
    }

    private void Take()
    {
        _batch.Clear();
        while (_batch.Count < _options.MaxBatch && _queue.Reader.TryRead(out var append))
        {
            _batch.Add(append);
        }
    }

    private async Task CommitAsync()
    {
        for (var pause = FirstPause; _batch.Records > 0; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var began = _timeProvider.GetTimestamp();
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                limit.CancelAfter(_options.StoreTimeout);
                await _store.CommitAsync(_batch.Turns, limit.Token);
                _lastCommit = _timeProvider.GetElapsedTime(began);
                _metrics.Committed(_lastCommit, _batch.Records);
                break;
            }
            catch (Exception exception) when (!_stop.IsCancellationRequested)
            {
                _metrics.Failed();
                LogCommitFailed(_batch.Records, pause.TotalSeconds, exception);
                await Task.Delay(pause, _timeProvider, _stop.Token);
            }
        }

        // Before their callers go on, so that they see the log get on.
        _progress.Leave(_batch.Count, done: true);
        foreach (var turn in _batch.Complete())
        {
            _metrics.Fenced();
            _fenced(turn.Lease);
            LogRefused(turn.Lease.Turn.Turn, turn.Lease.Turn.Owner, turn.Lease.Epoch, turn.Outcome);
        }
    }

    private void AbandonAll()
    {
        _queue.Writer.TryComplete();
        var reason = new ObjectDisposedException(nameof(LogWriter), "The silo ended before the store took this.");
        var count = _batch.Count;
        _batch.Abandon(reason);
        _batch.Clear();
        while (_queue.Reader.TryRead(out var append))
        {
            _batch.Add(append);
            count++;
        }

        _batch.Abandon(reason);
        LogAbandoned(count);
    }

    [LoggerMessage(2401, LogLevel.Warning, "The token log could not commit {Records} records; next attempt in {Seconds} s")]
    private partial void LogCommitFailed(int records, double seconds, Exception exception);

    [LoggerMessage(2402, LogLevel.Warning, "Turn {Turn} of {Owner} takes no more records of epoch {Epoch}: {Outcome}")]
    private partial void LogRefused(int turn, string owner, long epoch, AppendOutcome outcome);

    [LoggerMessage(2403, LogLevel.Error, "The silo ends with {Count} appends that the store did not take")]
    private partial void LogAbandoned(int count);
}
