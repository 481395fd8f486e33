using System.Collections.Concurrent;
using Granary.Errors;
using Granary.Health;
using Granary.Serving;
using Granary.TokenLog.Frames;
using Granary.TokenLog.Stores;
using Granary.TokenLog.Writing;
using Microsoft.Extensions.Logging;

namespace Granary.TokenLog;

/// <summary>The token log of a silo: frames become records, appends go through the one writer, everything else goes to the store.</summary>
/// <param name="store">Where turns are.</param>
/// <param name="silo">Who opens turns, as <see cref="SiloAddress.ToParsableString"/> writes it.</param>
/// <param name="options">How.</param>
/// <param name="commits">Where to note whether commits get on.</param>
/// <param name="calls">Where to note whether the other calls to the store do.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="logger">For what goes wrong.</param>
internal sealed class SiloTokenLog(ITokenLogStore store, string silo, TokenLogOptions options, WorkProgress commits, WorkProgress calls, TimeProvider timeProvider, ILogger<SiloTokenLog> logger) : ITokenLog, IAsyncDisposable
{
    // What the background found out, for the append that comes next.
    private readonly ConcurrentDictionary<TurnKey, long> _fenced = new();
    private LogWriter? _writer;

    private LogWriter Writer => Volatile.Read(ref _writer) ?? LazyInitializer.EnsureInitialized(
        ref _writer, () => new LogWriter(store, options, commits, timeProvider, lease => _fenced[lease.Turn] = lease.Epoch, logger));

    public async Task<LoggedTurn> OpenAsync(TurnKey turn, byte[]? request, CancellationToken cancellationToken)
    {
        var stored = await GuardAsync(token => store.OpenAsync(turn, silo, request, token), cancellationToken);
        _fenced.TryRemove(turn, out _);
        return ToLogged(turn, stored);
    }

    public ValueTask AppendAsync(TurnLease lease, int record, TokenFrame frame, CancellationToken cancellationToken)
    {
        var data = FrameCodec.Encode(frame);
        if (options.Mode != TokenLogMode.Async)
        {
            return Writer.WriteAsync(new PendingAppend(lease, record, data), cancellationToken);
        }

        return IsFenced(lease) ? ValueTask.FromException(new FencedException(lease)) : Writer.PostAsync(lease, record, data, cancellationToken);
    }

    public Task FailAsync(TurnLease lease, int record, CancellationToken cancellationToken) =>
        GuardAsync(token => Writer.WriteAsync(new PendingAppend(lease, record, FrameCodec.EncodeFailure()), token).AsTask(), cancellationToken);

    public async Task CloseAsync(TurnLease lease, TimeSpan? keep, CancellationToken cancellationToken)
    {
        if (await CloseAsync([new TurnClosing(lease, keep)], cancellationToken) is [false])
        {
            throw new FencedException(lease);
        }
    }

    public async Task<bool[]> CloseAsync(IReadOnlyList<TurnClosing> turns, CancellationToken cancellationToken)
    {
        // What waits in the writer belongs to the turns; after it, the store decides.
        await GuardAsync(token => Writer.WriteAsync(new PendingAppend(turns[^1].Lease, 0, null), token).AsTask(), cancellationToken);
        TurnClosing[] held = [.. turns.Where(turn => !IsFenced(turn.Lease))];
        var outcomes = held.Length == 0 ? [] : await GuardAsync(token => store.CloseAsync(held, token), cancellationToken);
        var closed = held.Where((_, i) => outcomes[i]).ToHashSet();
        foreach (var turn in turns.Where(turn => !closed.Contains(turn)))
        {
            _fenced.TryRemove(turn.Lease.Turn, out _);
        }

        return [.. turns.Select(closed.Contains)];
    }

    public async Task<LoggedTurn?> ReadAsync(TurnKey turn, CancellationToken cancellationToken) =>
        await GuardAsync(token => store.ReadAsync(turn, token), cancellationToken) is { } stored ? ToLogged(turn, stored) : null;

    public Task DeleteAsync(string owner, CancellationToken cancellationToken) => GuardAsync(token => store.DeleteAsync(owner, token), cancellationToken);

    public Task<IReadOnlyList<OpenTurn>> ListOpenAsync(CancellationToken cancellationToken) => GuardAsync(store.ListOpenAsync, cancellationToken);

    public ValueTask DisposeAsync() => _writer?.DisposeAsync() ?? ValueTask.CompletedTask;

    private bool IsFenced(TurnLease lease) => _fenced.TryGetValue(lease.Turn, out var epoch) && epoch == lease.Epoch;

    private static LoggedTurn ToLogged(TurnKey turn, StoredTurn stored)
    {
        var frames = FrameCodec.DecodeAll(stored.Records, out var hasFailed);
        return new LoggedTurn(new TurnLease(turn, stored.Epoch), stored.Request, frames, stored.IsClosed, hasFailed);
    }

    private Task<bool> GuardAsync(Func<CancellationToken, Task> access, CancellationToken cancellationToken) =>
        GuardAsync<bool>(
            async token =>
            {
                await access(token);
                return true;
            },
            cancellationToken);

    private async Task<T> GuardAsync<T>(Func<CancellationToken, Task<T>> access, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.StoreTimeout);
        calls.Enter();
        bool? answered = null;
        try
        {
            var result = await access(limit.Token);
            answered = true;
            return result;
        }
        catch (Exception exception) when (exception is FencedException or InvalidDataException)
        {
            answered = true;
            throw;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            answered = false;
            throw new GranaryException(ErrorCode.StoreUnavailable, "The log of replies could not be read or written. Try again.", innerException: exception);
        }
        finally
        {
            calls.Leave(1, answered);
        }
    }
}
