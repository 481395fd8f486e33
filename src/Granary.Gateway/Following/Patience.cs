namespace Granary.Gateway.Following;

/// <summary>How long failures in a row are borne, and how long to wait between them: 25 ms, then doubling to 1 s, up to half of it less at random so that many do not come at once.</summary>
/// <param name="limit">Longest time without progress.</param>
/// <param name="time">The clock.</param>
internal sealed class Patience(TimeSpan limit, TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private long _began;
    private long? _failingSince;
    private int _failures;

    /// <summary>An attempt begins.</summary>
    public void Begin() => _began = time.GetTimestamp();

    /// <summary>There was progress.</summary>
    public void Succeeded() => _failingSince = null;

    /// <summary>The attempt failed: waits until the next one is due.</summary>
    /// <returns>Whether there is to be a next one.</returns>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        // Calls time out much earlier: an attempt that was quiet for longer than this waited for tokens, not for a silo.
        if (_failingSince is null || time.GetElapsedTime(_began) > limit)
        {
            _failingSince = time.GetTimestamp();
            _failures = 0;
        }

        var left = limit - time.GetElapsedTime(_failingSince.Value);
        if (left <= TimeSpan.Zero)
            return false;
        var delay = TimeSpan.FromTicks(Math.Min(First.Ticks << Math.Min(_failures++, 10), Longest.Ticks)) * (1 - (Random.Shared.NextDouble() / 2));
        await Task.Delay(delay < left ? delay : left, time, cancellationToken);
        return true;
    }
}
