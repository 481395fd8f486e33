using System.Diagnostics;

namespace Granary.Benchmarks.Serve;

/// <summary>Puts a load on a server.</summary>
internal sealed class ServeLoad : IDisposable
{
    private static readonly TimeSpan ReadyInterval = TimeSpan.FromSeconds(1);

    private readonly ServeOptions _options;
    private readonly IServeClient _client;
    private readonly SemaphoreSlim _places;

    private ServeLoad(ServeOptions options, IServeClient client)
    {
        (_options, _client) = (options, client);
        _places = new SemaphoreSlim(options.MaxConcurrency ?? int.MaxValue);
    }

    /// <summary>Waits for the server and warms it up, as far as that is wanted, and then asks everything once, when its time has come.</summary>
    /// <exception cref="TimeoutException">The server was not ready in time.</exception>
    public static async Task<ServeRun> RunAsync(ServeOptions options, IServeClient client, CancellationToken cancellationToken)
    {
        var requests = ServeDataset.Load(options);
        using var load = new ServeLoad(options, client);
        if (options.ReadyCheckTimeout > TimeSpan.Zero)
        {
            await load.WaitAsync(requests[0], cancellationToken);
        }

        await Task.WhenAll(Enumerable.Range(0, options.NumWarmups).Select(_ => load.AskAsync(requests[0], cancellationToken)));
        return await load.RunAsync(requests, cancellationToken);
    }

    public void Dispose() => _places.Dispose();

    private async Task WaitAsync(ServeRequest request, CancellationToken cancellationToken)
    {
        for (var begin = Stopwatch.GetTimestamp(); ; await Task.Delay(ReadyInterval, cancellationToken))
        {
            if (await AskAsync(request, cancellationToken) is not { Error: { } error })
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(begin) > _options.ReadyCheckTimeout)
            {
                throw new TimeoutException($"The server was not ready within {_options.ReadyCheckTimeout.TotalSeconds} s: {error}");
            }
        }
    }

    private async Task<ServeRun> RunAsync(IReadOnlyList<ServeRequest> requests, CancellationToken cancellationToken)
    {
        var arrivals = Arrivals.Draw(requests.Count, _options, new Random(_options.Seed));
        using var probing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var probes = _options.ProbeRequestRate > 0 ? ProbeAsync(probing.Token) : null;
        var changes = new List<(int Rps, DateTimeOffset At)>();
        var begin = Stopwatch.GetTimestamp();
        var running = new List<Task<ServeResult>>(requests.Count);
        for (var i = 0; i < requests.Count; i++)
        {
            if (arrivals[i] - Stopwatch.GetElapsedTime(begin) is { Ticks: > 0 } pause)
            {
                await Task.Delay(pause, cancellationToken);
            }

            AddChanges(changes, i, requests.Count);
            running.Add(AskAsync(_options.RequestIdPrefix is { } prefix ? requests[i] with { Id = $"{prefix}{i}" } : requests[i], cancellationToken));
        }

        var results = await Task.WhenAll(running);
        var time = Stopwatch.GetElapsedTime(begin);
        await probing.CancelAsync();
        return new ServeRun(time, results) { Probes = probes is null ? [] : await probes, RateChanges = changes };
    }

    // Each whole number of requests a second that the rate passes.
    private void AddChanges(List<(int Rps, DateTimeOffset At)> changes, int request, int requests)
    {
        if (_options.RampUp is not { } ramp)
        {
            return;
        }

        for (var (rps, now) = (changes.Count == 0 ? ramp.StartRps : changes[^1].Rps + 1, DateTimeOffset.Now); rps <= (int)ramp.RateOf(request, requests); rps++)
        {
            changes.Add((rps, now));
        }
    }

    // One after another, each a word that asks for a token, past the places of the others.
    private async Task<IReadOnlyList<ServeResult>> ProbeAsync(CancellationToken stopping)
    {
        var probes = new List<ServeResult>();
        while (!stopping.IsCancellationRequested)
        {
            probes.Add(await TryAsync(new ServeRequest("Hi", 1), CancellationToken.None));
            await Task.Delay(TimeSpan.FromSeconds(1 / _options.ProbeRequestRate), stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return probes;
    }

    // As vLLM does it, a request's time begins when it has got its place.
    private async Task<ServeResult> AskAsync(ServeRequest request, CancellationToken cancellationToken)
    {
        var arrived = Stopwatch.GetTimestamp();
        await _places.WaitAsync(cancellationToken);
        var queued = Stopwatch.GetElapsedTime(arrived).TotalMilliseconds;
        try
        {
            return await TryAsync(request, cancellationToken) with { Queued = queued };
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task<ServeResult> TryAsync(ServeRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.AskAsync(request, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new ServeResult { Error = exception.Message };
        }
    }
}
