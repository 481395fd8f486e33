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

    // Connections are new then, and a server that stood still has timers that are due.
    private static readonly TimeSpan LeadIn = TimeSpan.FromSeconds(1);

    /// <summary>Requests that come at random, so many a second on average, whether those before are answered or not. Those of the first second are not counted.</summary>
    /// <returns>What was seen of them.</returns>
    public async Task<SeenArrivals> ArriveAsync(double perSecond, TimeSpan time, CancellationToken cancellationToken)
    {
        var idle = new Stack<HttpConnection>();
        for (var i = 0; i < 256; i++)
        {
            idle.Push(new HttpConnection());
            idle.Peek().Connect(server);
        }

        var arrivals = await Task.Factory.StartNew(Arrive, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        foreach (var connection in idle)
        {
            connection.Dispose();
        }

        return arrivals;

        // One thread that never waits: timers are a millisecond late, and a second thread would wait for the processor for longer than what is measured.
        SeenArrivals Arrive()
        {
            var (random, due, arrivals) = (new Random(1), Stopwatch.GetTimestamp(), new SeenArrivals());
            var begin = due + (long)(LeadIn.TotalSeconds * Stopwatch.Frequency);
            var end = begin + (long)(time.TotalSeconds * Stopwatch.Frequency);
            List<(HttpConnection Connection, long Due)> asked = [];
            while (due < end || asked.Count > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (arrivals.Look() >= due && due < end && idle.Count > 0)
                {
                    var connection = idle.Pop();
                    connection.Send(request);
                    asked.Add((connection, due));
                    due -= (long)(Math.Log(1 - random.NextDouble()) / perSecond * Stopwatch.Frequency);
                }

                for (var i = asked.Count - 1; i >= 0; i--)
                {
                    if (asked[i].Connection.TryEnd())
                    {
                        if (asked[i].Due >= begin)
                        {
                            arrivals.Add(asked[i].Due, asked[i].Connection.FirstByteAt);
                        }

                        idle.Push(asked[i].Connection);
                        asked.RemoveAt(i);
                    }
                }
            }

            return arrivals;
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
