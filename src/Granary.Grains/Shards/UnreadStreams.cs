using System.Runtime.CompilerServices;
using Granary.Errors;
using Granary.Serving;

namespace Granary.Shards;

/// <summary>
/// Ends a generation whose reader does not come back for the next frame: a reader whose silo died says nothing, and its runtime would be waited for ten times as long while
/// the slot is wanted by who goes on elsewhere.
/// </summary>
internal static class UnreadStreams
{
    /// <summary>
    /// How long a frame may lie there. Heartbeats come every <see cref="Heartbeats.Period"/>, so a reader that lives was here a moment ago; one that waits for the token log comes
    /// back, is refused, and goes on from the log.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The frames as they are.</summary>
    /// <exception cref="GranaryException"><c>unavailable</c>: the reader came back too late.</exception>
    public static async IAsyncEnumerable<TokenFrame> EndAsync(
        Func<CancellationToken, IAsyncEnumerable<TokenFrame>> open, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var unread = new CancellationTokenSource();
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, unread.Token);
        await using var timer = time.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), unread, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await foreach (var frame in open(left.Token))
        {
            timer.Change(Patience, Timeout.InfiniteTimeSpan);
            yield return frame;
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (unread.IsCancellationRequested)
            {
                throw new GranaryException(ErrorCode.Unavailable, $"Nobody read the reply for {Patience.TotalSeconds:0} s, so that it was given up here. Go on from what was read.");
            }
        }
    }
}
