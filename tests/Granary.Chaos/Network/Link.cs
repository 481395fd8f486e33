namespace Granary.Chaos.Network;

/// <summary>The way from one node to another: bytes pass, wait (cut) or come late (slow). Nothing is lost or reset, as on a network that heals before TCP gives up.</summary>
internal sealed class Link
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _cut;
    private TimeSpan _delay;

    /// <summary>Nothing passes from here on.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            _cut ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Every piece comes late from here on.</summary>
    public void Slow(TimeSpan delay)
    {
        lock (_lock)
        {
            _delay = delay;
        }
    }

    /// <summary>All is well again.</summary>
    public void Heal()
    {
        lock (_lock)
        {
            _delay = TimeSpan.Zero;
            _cut?.SetResult();
            _cut = null;
        }
    }

    /// <summary>Ends when the next piece may pass.</summary>
    public async ValueTask PassAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task? cut;
            TimeSpan delay;
            lock (_lock)
            {
                (cut, delay) = (_cut?.Task, _delay);
            }

            if (cut is not null)
            {
                await cut.WaitAsync(cancellationToken);
                continue;
            }

            if (delay > TimeSpan.Zero)
            {
                await Task.Delay(delay, cancellationToken);
            }

            return;
        }
    }
}
