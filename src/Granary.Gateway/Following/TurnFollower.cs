using System.Runtime.CompilerServices;
using Granary.Errors;
using Granary.Gateway.Completions;
using Granary.Serving;
using Granary.Sessions;
using Granary.Turns;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Following;

/// <summary>Calls and reads grains that move, and whose silos die: what fails on the way is done again from where it was, until <see cref="GatewayOptions.ResumePatience"/> passes without progress.</summary>
internal sealed partial class TurnFollower(ILocalTurnReader local, IOptions<GatewayOptions> options, TimeProvider time, ILogger<TurnFollower> logger)
{
    /// <summary>A call that may be repeated, because the grain knows it again.</summary>
    /// <exception cref="GranaryException">The grain refused, or <c>unavailable</c>.</exception>
    public async Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        var patience = new Patience(options.Value.ResumePatience, time);
        while (true)
        {
            GranaryException reason;
            try
            {
                patience.Begin();
                return await call().WaitAsync(cancellationToken);
            }
            catch (Exception exception) when (Broken(exception, cancellationToken) is { } broken)
            {
                reason = broken;
            }

            if (!await patience.WaitAsync(cancellationToken))
                throw reason;
        }
    }

    /// <inheritdoc cref="CallAsync{T}"/>
    public Task CallAsync(Func<Task> call, CancellationToken cancellationToken) => CallAsync(
        async () =>
        {
            await call();
            return true;
        },
        cancellationToken);

    /// <summary>A turn of a conversation from a token on, to its end.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public IAsyncEnumerable<TurnEvent> FollowAsync(ISessionGrain session, int turn, int nextIndex, CancellationToken cancellationToken)
    {
        var cursor = new TokenCursor(nextIndex);
        return ReadAsync(cursor, token => local.Read(session, turn, cursor.Next, token) ?? session.ReadAsync(turn, cursor.Next, token), cancellationToken);
    }

    /// <summary>A completion from its beginning to its end.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public IAsyncEnumerable<TurnEvent> FollowAsync(ReachedCompletion completion, int choices, CancellationToken cancellationToken)
    {
        var cursor = new RecordCursor(choices);
        return ReadAsync(cursor, token => completion.Read(cursor.Next, token), cancellationToken);
    }

    /// <exception cref="GranaryException">The turn failed, is not there, or could not be reached for too long.</exception>
    private async IAsyncEnumerable<TurnEvent> ReadAsync(
        ITurnCursor cursor, Func<CancellationToken, IAsyncEnumerable<TurnEvent>> open, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var patience = new Patience(options.Value.ResumePatience, time);
        IAsyncEnumerator<TurnEvent>? events = null;
        try
        {
            while (!cursor.HasEnded)
            {
                if (events is null)
                {
                    patience.Begin();
                    events = open(cancellationToken).GetAsyncEnumerator(cancellationToken);
                }

                var isAny = false;
                GranaryException? reason = null;
                try
                {
                    isAny = await events.MoveNextAsync();
                }
                catch (Exception exception) when ((Broken(exception, cancellationToken) ?? StoreAway(exception)) is { } broken)
                {
                    reason = broken;
                }

                if (reason is not null)
                {
                    _ = LeaveAsync(events);
                    events = null;
                    LogReadingOn(reason.Message);
                    if (!await patience.WaitAsync(cancellationToken))
                        throw reason;
                }
                else if (!isAny)
                {
                    yield break;
                }
                else if (Takes(cursor, events.Current))
                {
                    patience.Succeeded();
                    yield return events.Current;
                }
            }
        }
        finally
        {
            if (events is not null)
                _ = cursor.HasEnded ? EndAsync(events) : LeaveAsync(events);
        }
    }

    /// <summary>The way to the grain broke, or the turn moved. That a turn ended with <c>unavailable</c> is what its grain says, and stays so.</summary>
    private static GranaryException? Broken(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        GranaryException => null,
        OperationCanceledException when !cancellationToken.IsCancellationRequested =>
            new GranaryException(ErrorCode.Unavailable, "The silo that was asked stopped. Try again.", innerException: exception),
        _ => GrainErrors.Translate(exception) is { Code: ErrorCode.Unavailable } reason ? reason : null,
    };

    /// <summary>A grain that comes up elsewhere reads its state first.</summary>
    private static GranaryException? StoreAway(Exception exception) =>
        GrainErrors.Translate(exception) is { Code: ErrorCode.StoreUnavailable } reason ? reason : null;

    private bool Takes(ITurnCursor cursor, TurnEvent item)
    {
        try
        {
            return cursor.Takes(item);
        }
        catch (GranaryException hole) when (hole.Code == ErrorCode.Internal)
        {
            LogHole(item.SessionId, item.Turn, hole.Message);
            throw;
        }
    }

    // Behind the last frame comes the end, which costs the grain less than to be told that nobody listens: it may sleep by then.
    private static async Task EndAsync(IAsyncEnumerator<TurnEvent> events)
    {
        try
        {
            await events.MoveNextAsync();
        }
        catch (Exception)
        {
            // All has been read.
        }

        await LeaveAsync(events);
    }

    // Nobody waits for a silo that may be gone to hear that it is no longer listened to.
    private static async Task LeaveAsync(IAsyncEnumerator<TurnEvent> events)
    {
        try
        {
            await events.DisposeAsync();
        }
        catch (Exception)
        {
            // It broke off, or the reader left: nothing depends on its end.
        }
    }
}
