using System.Collections.Concurrent;
using System.Diagnostics;

namespace Granary.Benchmarks.Gateways;

/// <summary>Loads on a server: as many requests as it answers, so many a second, or streams side by side.</summary>
/// <param name="server">The server.</param>
/// <param name="request">What is asked, from <see cref="HttpConnection.Post"/>.</param>
internal sealed class HttpLoad(Uri server, byte[] request)
{
    /// <summary>Asks once.</summary>
    /// <returns>The body, chunk sizes and all.</returns>
    public async Task<byte[]> AskAsync(CancellationToken cancellationToken)
    {
        using var connection = new HttpConnection();
        await connection.ConnectAsync(server, cancellationToken);
        using var copy = new MemoryStream();
        await connection.AskAsync(request, copy, cancellationToken);
        return copy.ToArray();
    }

    /// <summary>Connections that each ask again as soon as they are answered.</summary>
    /// <returns>Answers in that time.</returns>
    public async Task<int> SaturateAsync(int connections, TimeSpan time, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            using var connection = new HttpConnection();
            await connection.ConnectAsync(server, cancellationToken);
            var count = 0;
            for (; Stopwatch.GetElapsedTime(began) < time; count++)
            {
                await connection.AskAsync(request, null, cancellationToken);
            }

            return count;
        }));
        return counts.Sum();
    }

    /// <summary>Requests that come at random, so many a second on average, whether those before are answered or not.</summary>
    /// <returns>Milliseconds from when each was due to the first byte of its answer, ascending.</returns>
    public async Task<double[]> ArriveAsync(double perSecond, TimeSpan time, CancellationToken cancellationToken)
    {
        var idle = new ConcurrentStack<HttpConnection>();
        for (var i = 0; i < 32; i++)
        {
            idle.Push(new HttpConnection());
            await idle.First().ConnectAsync(server, cancellationToken);
        }

        var asked = new List<Task<double>>();
        await Task.Factory.StartNew(Begin, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        double[] times = [.. (await Task.WhenAll(asked)).Order()];
        while (idle.TryPop(out var connection))
        {
            connection.Dispose();
        }

        return times;

        // A timer is a millisecond late; what is measured is shorter.
        void Begin()
        {
            var (random, began, due) = (new Random(1), Stopwatch.GetTimestamp(), 0.0);
            while (due < time.TotalSeconds && !cancellationToken.IsCancellationRequested)
            {
                while (Stopwatch.GetElapsedTime(began).TotalSeconds < due)
                {
                    Thread.Yield();
                }

                asked.Add(AskAsync(began, due));
                due -= Math.Log(1 - random.NextDouble()) / perSecond;
            }
        }

        async Task<double> AskAsync(long began, double due)
        {
            if (!idle.TryPop(out var connection))
            {
                connection = new HttpConnection();
                await connection.ConnectAsync(server, cancellationToken);
            }

            var late = Stopwatch.GetElapsedTime(began).TotalMilliseconds - (1000 * due);
            var first = await connection.AskAsync(request, null, cancellationToken);
            idle.Push(connection);
            return late + first.TotalMilliseconds;
        }
    }

    /// <summary>So many at once, each once.</summary>
    /// <returns>How long all of them took.</returns>
    public async Task<TimeSpan> RunAsync(int streams, CancellationToken cancellationToken)
    {
        var connections = Enumerable.Range(0, streams).Select(_ => new HttpConnection()).ToArray();
        foreach (var connection in connections)
        {
            await connection.ConnectAsync(server, cancellationToken);
        }

        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(connections.Select(connection => connection.AskAsync(request, null, cancellationToken).AsTask()));
        var time = Stopwatch.GetElapsedTime(began);
        Array.ForEach(connections, connection => connection.Dispose());
        return time;
    }
}
