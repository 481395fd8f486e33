using System.Diagnostics;

namespace Granary.Benchmarks.Serve;

/// <summary>Puts a load on a server.</summary>
internal static class ServeLoad
{
    /// <summary>Asks everything once, when its time has come.</summary>
    /// <returns>How long it took, and what became of each request.</returns>
    public static async Task<(TimeSpan Time, ServeResult[] Results)> RunAsync(ServeOptions options, IServeClient client, CancellationToken cancellationToken)
    {
        var requests = ServeDataset.Load(options);
        var arrivals = Arrivals.Draw(requests.Count, options.RequestRate, options.Burstiness, new Random(options.Seed));
        using var places = new SemaphoreSlim(options.MaxConcurrency ?? int.MaxValue);
        var begin = Stopwatch.GetTimestamp();
        var running = new List<Task<ServeResult>>(requests.Count);
        foreach (var (request, at) in requests.Zip(arrivals))
        {
            if (at - Stopwatch.GetElapsedTime(begin) is { Ticks: > 0 } pause)
            {
                await Task.Delay(pause, cancellationToken);
            }

            running.Add(AskAsync(client, request, places, cancellationToken));
        }

        var results = await Task.WhenAll(running);
        return (Stopwatch.GetElapsedTime(begin), results);
    }

    // As vLLM does it, a request's time begins when it has got its place.
    private static async Task<ServeResult> AskAsync(IServeClient client, ServeRequest request, SemaphoreSlim places, CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken);
        try
        {
            return await client.AskAsync(request, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new ServeResult { Error = exception.Message };
        }
        finally
        {
            places.Release();
        }
    }
}
