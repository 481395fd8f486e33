using System.Diagnostics;
using Granary.Engine;
using Granary.Engine.Execution;
using Granary.Models.Catalog;

namespace Granary.Benchmarks.Gpu;

/// <summary>Times forward passes alone, without scheduler and sampler.</summary>
internal sealed class BareTimes : IDisposable
{
    /// <summary>Tokens of each sequence when a decode is timed.</summary>
    public const int Context = 512;

    private const int WarmUps = 300; // until the clocks are up
    private const int Steps = 200;
    private const int Prefills = 5;

    private readonly IModelRunner _runner;

    private BareTimes(IModelRunner runner) => _runner = runner;

    /// <summary>Bytes of one token's keys and values.</summary>
    public int TokenBytes => _runner.TokenBytes;

    /// <summary>Opens a model with slots for a batch at the context and one for a prompt of one chunk; to be used on the calling thread alone.</summary>
    public static BareTimes Open(ImportedModel model, int batch, int prefill)
    {
        var options = new EngineOptions
        {
            Device = EngineOptions.Cuda,
            SlotClasses = [new SlotClassOptions { Tokens = 2 * Context, Slots = batch }, new SlotClassOptions { Tokens = Math.Max(prefill, 4 * Context), Slots = 1 }],
            KvCacheBytes = 40L << 30,
            PrefillChunkTokens = prefill,
        };
        return new(RunnerLoader.Load(model.Manifest, model.Folder, options));
    }

    /// <summary>Median milliseconds of a decode at the context, the best logits copied to the host.</summary>
    public double Decode(int batch)
    {
        var tokens = GpuLoad.Prompts(1, batch, _runner.VocabularySize)[0];
        var pasts = Enumerable.Repeat(Context - 1, batch).ToArray();
        return Median(Steps, WarmUps, () => _runner.Decode(0, tokens, pasts));
    }

    /// <summary>Median milliseconds of a prompt in one chunk.</summary>
    public double Prefill(int length)
    {
        var prompt = GpuLoad.Prompts(1, length, _runner.VocabularySize)[0];
        return Median(Prefills, 1, () => _runner.Prefill(_runner.Slots - 1, prompt, 0));
    }

    public void Dispose() => _runner.Dispose();

    private static double Median(int runs, int warmUps, Action action)
    {
        var times = new List<double>(runs);
        for (var run = -warmUps; run < runs; run++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            if (run >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        return BenchmarkContext.Median(times);
    }
}
