using System.Diagnostics.CodeAnalysis;

namespace Granary.Gateway.Sockets;

/// <summary>The calls of one connection that run, by the id that its client gave them. A call may end at the very moment when its client cancels it.</summary>
/// <param name="most">Most at a time.</param>
internal sealed class CancellableCalls(int most)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CancellationTokenSource> _calls = new(StringComparer.Ordinal);

    /// <summary>Begins one.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="connectionLost">Ends it, too.</param>
    /// <param name="cancelled">The client cancels it, or the connection is lost.</param>
    /// <returns>Whether it may run: there are not too many, and no other has the id.</returns>
    public bool TryBegin(string id, CancellationToken connectionLost, out CancellationToken cancelled)
    {
        lock (_lock)
        {
            cancelled = default;
            if (_calls.Count >= most || _calls.ContainsKey(id))
                return false;
            _calls[id] = Linked(connectionLost, out cancelled);
            return true;
        }
    }

    /// <summary>Cancels one, if it runs.</summary>
    public void Cancel(string id)
    {
        lock (_lock)
        {
            if (_calls.TryGetValue(id, out var call))
                _ = call.CancelAsync(); // not Cancel: what waits for it would go on here, in the lock
        }
    }

    /// <summary>One has ended; its id is free.</summary>
    public void End(string id)
    {
        lock (_lock)
        {
            if (_calls.Remove(id, out var call))
                call.Dispose();
        }
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "End disposes it.")]
    private static CancellationTokenSource Linked(CancellationToken connectionLost, out CancellationToken cancelled)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(connectionLost);
        cancelled = source.Token;
        return source;
    }
}
