using System.Runtime.CompilerServices;
using Granary.Clustering;
using Granary.Serving;

namespace Granary.Shards;

/// <summary>Puts signs of life between the frames of a generation, so that its reader knows a slow replica from a dead one, and tells it when it should leave.</summary>
/// <param name="isLate">Whether the engine may be stuck: it gives no sign of life then.</param>
/// <param name="drain">Whether the silo is being emptied.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class Heartbeats(Func<bool> isLate, LocalDrain drain, TimeProvider timeProvider)
{
    /// <summary>How long a healthy replica is silent at most.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    /// <summary>How often a reader is told that it should leave.</summary>
    public static readonly TimeSpan LeavingPeriod = TimeSpan.FromSeconds(2);

    private long _lastSign = timeProvider.GetTimestamp();
    private long? _told; // when the reader was told to leave; one that came while the silo was being drained had no better place to go to
    private Task _pause = Task.CompletedTask;

    /// <summary>The frames, and heartbeats between them. Can be read once.</summary>
    public async IAsyncEnumerable<TokenFrame> AddToAsync(
        Func<CancellationToken, IAsyncEnumerable<TokenFrame>> open, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _told = drain.IsDraining ? timeProvider.GetTimestamp() : null;
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var draining = CancellationTokenSource.CreateLinkedTokenSource(left.Token, drain.Draining);
        var frames = open(left.Token).GetAsyncEnumerator(left.Token);
        var next = Task.FromResult(true);
        try
        {
            while (true)
            {
                next = frames.MoveNextAsync().AsTask();
                while (!next.IsCompleted)
                {
                    await PauseAsync(next, draining.IsCancellationRequested ? left.Token : draining.Token);
                    if (!next.IsCompleted && Sign() is { } sign)
                    {
                        yield return sign;
                    }
                }

                if (!await next)
                {
                    yield break;
                }

                if (IsToLeave())
                {
                    yield return Leaving();
                }

                _lastSign = timeProvider.GetTimestamp();
                yield return frames.Current;
            }
        }
        finally
        {
            await left.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await frames.DisposeAsync();
        }
    }

    // One pause lasts over many frames: they come more often.
    private async Task PauseAsync(Task next, CancellationToken wake)
    {
        if (_pause.IsCompleted)
        {
            var left = Period - timeProvider.GetElapsedTime(_lastSign);
            _pause = left > TimeSpan.Zero ? Task.Delay(left, timeProvider, wake) : Task.CompletedTask;
        }

        await Task.WhenAny(next, _pause);
    }

    private TokenFrame? Sign()
    {
        if (isLate())
        {
            _lastSign = timeProvider.GetTimestamp(); // looked at again after a period
            return null;
        }

        if (IsToLeave())
        {
            return Leaving();
        }

        if (timeProvider.GetElapsedTime(_lastSign) < Period)
        {
            return null;
        }

        _lastSign = timeProvider.GetTimestamp();
        return New(isLeaving: false);
    }

    private bool IsToLeave() => drain.IsDraining && (_told is null || timeProvider.GetElapsedTime(_told.Value) >= LeavingPeriod);

    private TokenFrame Leaving()
    {
        _told = _lastSign = timeProvider.GetTimestamp();
        return New(isLeaving: true);
    }

    private static TokenFrame New(bool isLeaving) => new() { FirstIndex = 0, Tokens = [], Text = "", IsHeartbeat = true, IsLeaving = isLeaving };
}
