using System.Runtime.CompilerServices;
using Granary.Clustering;
using Granary.Serving;
using Granary.Streaming;

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

    private volatile bool _hasBegun;
    private long _lastSign = timeProvider.GetTimestamp();
    private long? _told; // when the reader was told to leave; one that came while the silo was being drained had no better place to go to

    /// <summary>The engine has begun with it; the next sign says so. From any thread.</summary>
    public void Begin() => _hasBegun = true;

    /// <summary>The frames, and heartbeats between them. Can be read once.</summary>
    public async IAsyncEnumerable<TokenFrame> AddToAsync(
        Func<CancellationToken, IAsyncEnumerable<TokenFrame>> open, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _told = drain.IsDraining ? timeProvider.GetTimestamp() : null;
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var wake = new Wake(inline: true);
        await using var draining = drain.Draining.UnsafeRegister(static wake => ((Wake)wake!).Set(), wake);
        await using var timer = timeProvider.CreateTimer(static wake => ((Wake)wake!).Set(), wake, Period, Timeout.InfiniteTimeSpan);
        var frames = new MovingStream<TokenFrame>(open(left.Token).GetAsyncEnumerator(left.Token), wake);
        try
        {
            while (true)
            {
                while (!frames.Move())
                {
                    await wake.WaitAsync().ConfigureAwait(false);
                    if (frames.HasMoved)
                    {
                        break;
                    }

                    var sign = Sign();
                    Arm(timer);
                    if (sign is not null)
                    {
                        yield return sign;
                    }
                }

                if (!frames.Take())
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
            await frames.EndAsync();
        }
    }

    /// <summary>For the rest of the period, which a process that stood still has behind it.</summary>
    private void Arm(ITimer timer)
    {
        var rest = Period - timeProvider.GetElapsedTime(_lastSign);
        timer.Change(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
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

    private TokenFrame New(bool isLeaving) => new() { FirstIndex = 0, Tokens = [], Text = "", IsHeartbeat = true, IsLeaving = isLeaving, HasBegun = _hasBegun };
}
