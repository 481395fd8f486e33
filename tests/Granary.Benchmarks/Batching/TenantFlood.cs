using System.Diagnostics;
using Granary.Engine;

namespace Granary.Benchmarks.Batching;

/// <summary>Two tenants that each keep more requests waiting than there are slots, and what each is served.</summary>
internal sealed class TenantFlood(BatchingEngine bench, EngineOptions options)
{
    private const int InFlight = 16;

    private readonly CancellationTokenSource _end = new();
    private bool _counts;

    /// <summary>Floods the engine.</summary>
    /// <param name="weightOfA">Weight of tenant a, whose prompts are long and outputs short.</param>
    /// <param name="weightOfB">Weight of tenant b, whose prompts are short and outputs long.</param>
    /// <param name="time">How long it is counted, after a tenth of it that is not.</param>
    /// <returns>Charged tokens of b by those of a.</returns>
    public async Task<double> RunAsync(double weightOfA, double weightOfB, TimeSpan time)
    {
        var a = new Client(this, new Random(1), "a", weightOfA, MaxPrompt: 96, MaxOutput: 16);
        var b = new Client(this, new Random(2), "b", weightOfB, MaxPrompt: 16, MaxOutput: 48);
        Client[] clients = [a, b];
        var readers = clients.SelectMany(client => Enumerable.Range(0, InFlight).Select(_ => Task.Run(client.FloodAsync))).ToArray();
        await Task.Delay(time / 10);
        Volatile.Write(ref _counts, true);
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            await Task.Delay(100);
        }

        Volatile.Write(ref _counts, false);
        var ratio = b.Charged / a.Charged;
        await _end.CancelAsync();
        await Task.WhenAll(readers);
        return ratio;
    }

    private sealed record Client(TenantFlood Flood, Random Random, string Tenant, double Weight, int MaxPrompt, int MaxOutput)
    {
        private readonly Lock _lock = new();
        private double _charged;

        public double Charged => Volatile.Read(ref _charged);

        public async Task FloodAsync()
        {
            while (!Flood._end.IsCancellationRequested)
            {
                EngineRequest request;
                lock (_lock)
                {
                    request = Flood.Bench.Request(Random.Next(1, MaxPrompt), Random.Next(4, MaxOutput), Tenant, Weight);
                }

                try
                {
                    await ReadAsync(request);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }

        private async Task ReadAsync(EngineRequest request)
        {
            var isFirst = true;
            await foreach (var output in Flood.Bench.Engine.GenerateAsync(request, Flood._end.Token))
            {
                var charged = (isFirst ? request.Prompt.Length : 0) + (Flood.OutputTokenCharge * output.Tokens.Length);
                isFirst = false;
                if (Volatile.Read(ref Flood._counts))
                {
                    lock (_lock)
                    {
                        _charged += charged;
                    }
                }
            }
        }
    }

    private BatchingEngine Bench => bench;

    private double OutputTokenCharge => options.OutputTokenCharge;
}
