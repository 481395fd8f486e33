namespace Granary.Gateway.OpenAi;

/// <summary>
/// Says something on a stream on which nothing else is said, for proxies and clients that take silence for death. One timer a stream: what is written costs two uncontended turns, and no allocation.
/// </summary>
internal sealed class StreamPulse : IAsyncDisposable
{
    /// <summary>How often it looks; a stream is silent for so long at least, and for twice as long at most.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Func<Task> _beat;
    private readonly ITimer _timer;
    private volatile bool _isSilent = true;

    /// <param name="time">The clock.</param>
    /// <param name="beat">Writes something; never while something else is written.</param>
    public StreamPulse(TimeProvider time, Func<Task> beat)
    {
        _beat = beat;
        _timer = time.CreateTimer(static state => ((StreamPulse)state!).Tick(), this, Period, Period);
    }

    /// <summary>Something is going to be written.</summary>
    public Task BeginAsync()
    {
        _isSilent = false;
        return _turn.WaitAsync();
    }

    /// <summary>It is written.</summary>
    public void End() => _turn.Release();

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _turn.WaitAsync(); // it may be writing
        _turn.Dispose();
    }

    private void Tick()
    {
        var wasSilent = _isSilent;
        _isSilent = true;
        if (wasSilent && _turn.Wait(0))
            _ = BeatAsync();
    }

    private async Task BeatAsync()
    {
        try
        {
            await _beat();
        }
        catch (Exception)
        {
            // The reader is gone; whoever writes next sees that, too.
        }
        finally
        {
            _turn.Release();
        }
    }
}
