using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Granary.Benchmarks.Gateways;
using Granary.Benchmarks.Serve;

namespace Granary.Benchmarks.Fairness;

/// <summary>One tenant's requests to a gateway, streamed to their ends; no two prompts are alike.</summary>
/// <param name="server">The gateway.</param>
/// <param name="key">The tenant's.</param>
/// <param name="shape">How long what it asks is.</param>
internal sealed class TenantLoad(Uri server, string key, RequestShape shape) : IDisposable
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.DemoModel, "README.md"));

    private readonly ConcurrentStack<HttpConnection> _idle = new();
    private readonly string[] _headers = [$"Authorization: Bearer {key}"];
    private int _asked;
    private int _answers;

    /// <summary>Answers read to their ends.</summary>
    public int Answers => Volatile.Read(ref _answers);

    /// <summary>Requests that come at random, so many a second on average, whether those before are answered or not.</summary>
    /// <returns>Milliseconds from sending to the first token of each.</returns>
    public async Task<double[]> ArriveAsync(double perSecond, TimeSpan time, int seed, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        var asked = new List<Task<double>>();
        foreach (var at in Arrivals.Draw((int)(perSecond * time.TotalSeconds), perSecond, 1, null, new Random(seed)))
        {
            if (at - TimeProvider.System.GetElapsedTime(began) is { Ticks: > 0 } pause)
            {
                await Task.Delay(pause, cancellationToken);
            }

            asked.Add(AskAsync(cancellationToken));
        }

        return await Task.WhenAll(asked);
    }

    /// <summary>Keeps so many requests in flight until it is told to end, and ends when all are answered.</summary>
    public async Task FloodAsync(int inFlight, CancellationToken until, CancellationToken cancellationToken) =>
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(async _ =>
        {
            while (!until.IsCancellationRequested)
            {
                await AskAsync(cancellationToken);
                Interlocked.Increment(ref _answers);
            }
        }));

    public void Dispose()
    {
        while (_idle.TryPop(out var connection))
        {
            connection.Dispose();
        }
    }

    private async Task<double> AskAsync(CancellationToken cancellationToken)
    {
        if (!_idle.TryPop(out var connection))
        {
            connection = new HttpConnection();
            await connection.ConnectAsync(server, cancellationToken);
        }

        try
        {
            var first = await connection.AskAsync(NextRequest(), null, cancellationToken);
            _idle.Push(connection);
            return first.TotalMilliseconds;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private byte[] NextRequest()
    {
        var number = Interlocked.Increment(ref _asked);
        var random = new Random(number);
        var (at, tokens) = (random.Next(Text.Length - shape.PromptCharacters), random.Next(shape.MinOutputTokens, shape.MaxOutputTokens + 1));
        var text = string.Create(CultureInfo.InvariantCulture, $"{key[^4..]} {number}: {Text.AsSpan(at, shape.PromptCharacters)}");
        return HttpConnection.Post(
            "/v1/chat/completions",
            $$"""{"model":"{{GatewayServer.Demo}}","stream":true,"temperature":0,"max_tokens":{{tokens}},"ignore_eos":true,"messages":[{"role":"user","content":{{JsonSerializer.Serialize(text)}}}]}""",
            _headers);
    }
}
