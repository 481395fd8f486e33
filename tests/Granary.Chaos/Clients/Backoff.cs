namespace Granary.Chaos.Clients;

/// <summary>Waits between attempts: short at first, a second at most, never in step with other clients.</summary>
internal sealed class Backoff(Random random)
{
    private int _milliseconds = 50;

    public Task WaitAsync(CancellationToken cancellationToken)
    {
        var wait = TimeSpan.FromMilliseconds(_milliseconds * (0.5 + random.NextDouble()));
        _milliseconds = Math.Min(_milliseconds * 2, 1000);
        return Task.Delay(wait, cancellationToken);
    }

    /// <summary>There was progress.</summary>
    public void Reset() => _milliseconds = 50;
}
