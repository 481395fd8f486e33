using System.Diagnostics;
using System.Text.Json;
using Granary.Engine;

namespace Granary.Benchmarks.Gpu;

/// <summary>Requests of mixed lengths, all there at once: prompts of 32 to 1024 tokens and outputs of 16 to 512, both log-uniform, always the same.</summary>
internal static class ServingMix
{
    private const int Count = 256;

    /// <summary>The requests.</summary>
    public static IReadOnlyList<Request> Create(int vocabulary)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, Count).Select(_ => new Request(
            [.. Enumerable.Range(0, LogUniform(random, 32, 1024)).Select(_ => random.Next(300, vocabulary))], LogUniform(random, 16, 512)))];
    }

    /// <summary>A slot for each request, and some to move through: with none free, slots are exchanged through host memory.</summary>
    public static EngineOptions Options { get; } = new()
    {
        Device = EngineOptions.Cuda,
        Slots = Count + (Count / 4),
        SlotTokens = 1536,
        KvCacheBytes = 40L << 30,
        PrefillChunkTokens = 2048,
        MaxStepTokens = 4096,
    };

    /// <summary>Output tokens a second of an engine, from the first submission to the last token.</summary>
    public static async Task<double> ServeAsync(IEngine engine, IReadOnlyList<Request> requests)
    {
        var start = Stopwatch.GetTimestamp();
        var outputs = await Task.WhenAll(requests.Select(request => Task.Run(() => GpuLoad.GenerateAsync(engine, request.Prompt, request.Tokens))));
        return outputs.Sum(output => output.Length) / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Writes the requests for a peer.</summary>
    public static void Write(string path, IReadOnlyList<Request> requests) =>
        File.WriteAllText(path, JsonSerializer.Serialize(requests, JsonSerializerOptions.Web));

    private static int LogUniform(Random random, double least, double most) => (int)Math.Exp(Math.Log(least) + (random.NextDouble() * Math.Log(most / least)));

    /// <summary>A request.</summary>
    /// <param name="Prompt">Token ids.</param>
    /// <param name="Tokens">Length of the output.</param>
    internal sealed record Request(int[] Prompt, int Tokens);
}
