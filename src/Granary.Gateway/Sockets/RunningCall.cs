namespace Granary.Gateway.Sockets;

/// <summary>What a call holds while it runs: its id, and its place among the requests of its key. Both are given back once.</summary>
/// <param name="calls">The calls of its connection.</param>
/// <param name="id">The id that its client gave it.</param>
internal sealed class RunningCall(CancellableCalls calls, string id)
{
    private IDisposable? _place;
    private bool _hasEnded;

    /// <summary>It has a place among the requests of its key.</summary>
    public void Take(IDisposable place) => _place = place;

    /// <summary>It has ended; twice is no error, for another one may have the id by then.</summary>
    public void End()
    {
        if (_hasEnded)
            return;
        _hasEnded = true;
        _place?.Dispose();
        calls.End(id);
    }
}
