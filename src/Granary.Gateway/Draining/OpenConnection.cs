namespace Granary.Gateway.Draining;

/// <summary>A connection that carries requests: one of the hub's, or a plain WebSocket.</summary>
/// <param name="time">The clock.</param>
/// <param name="close">Closes it; its client goes to another gateway.</param>
internal sealed class OpenConnection(TimeProvider time, Action close)
{
    private int _running;
    private long _idleSince = time.GetTimestamp();

    /// <summary>Requests that are being answered, streams included.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Whether nothing has run for so long.</summary>
    public bool IsIdleFor(TimeSpan least) => Running == 0 && time.GetElapsedTime(Volatile.Read(ref _idleSince)) >= least;

    public void Begin() => Interlocked.Increment(ref _running);

    public void End()
    {
        Volatile.Write(ref _idleSince, time.GetTimestamp());
        Interlocked.Decrement(ref _running);
    }

    public void Close() => close();
}
