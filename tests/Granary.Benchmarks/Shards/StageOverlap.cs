using System.Diagnostics;
using Granary.Engine;
using Granary.Engine.Stages;
using Granary.Models;
using Granary.Models.Catalog;
using Granary.Shards;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Benchmarks.Shards;

/// <summary>The throughput of a replica whose stages take a simulated time: what lanes make of stages, apart from what this machine's cores allow.</summary>
/// <param name="model">A small model, whose first layer and head are computed.</param>
internal sealed class StageOverlap(ImportedModel model)
{
    // All layers of one token: divided among the stages.
    private static readonly TimeSpan AllLayers = TimeSpan.FromMilliseconds(80);

    private const int SlotsPerLane = 2;
    private const int PromptTokens = 4;

    /// <summary>Tokens a second.</summary>
    /// <param name="stages">Stages among which the time of all layers is divided.</param>
    /// <param name="duration">How long to generate.</param>
    public async Task<double> RunAsync(int stages, TimeSpan duration)
    {
        var graphs = ModelSegments.Open(model);
        var options = new EngineOptions { Slots = SlotsPerLane, SlotTokens = 1024, PrefixCaching = false, Threads = 1 };
        LayerRange[] cut = [new(0, 1), new(1, model.Manifest.LayerCount)];
        var layout = PipelinePlanner.Plan(model.Manifest, cut, options, lanes: stages);
        using var link = new SimulatedStages(stages, AllLayers / stages, model.Manifest.HiddenSize * sizeof(ushort));
        await using var engine = await ShardedEngineLoader.LoadAsync(
            graphs, layout, model.Tokenizer, options, TimeProvider.System, NullLogger.Instance, link);

        using var stop = new CancellationTokenSource();
        var tokens = 0L;
        Task[] streams = [.. Enumerable.Range(0, stages * SlotsPerLane).Select(StreamAsync)];
        await Task.Delay(duration / 4, TimeProvider.System); // until all are decoding
        var (before, start) = (Interlocked.Read(ref tokens), Stopwatch.GetTimestamp());
        await Task.Delay(duration, TimeProvider.System);
        var rate = (Interlocked.Read(ref tokens) - before) / Stopwatch.GetElapsedTime(start).TotalSeconds;
        await stop.CancelAsync();
        await Task.WhenAll(streams);
        return rate;

        async Task StreamAsync(int number)
        {
            var request = new EngineRequest
            {
                RequestId = $"bench {number}",
                Prompt = Enumerable.Range(0, PromptTokens).Select(token => 1000 + (10 * number) + token).ToArray(),
                Sampling = new SamplingParameters { Temperature = 0, RepetitionPenalty = 1, MaxTokens = 1000, IgnoreEndOfSequence = true },
            };
            try
            {
                await foreach (var output in engine.GenerateAsync(request, stop.Token))
                {
                    Interlocked.Add(ref tokens, output.Tokens.Length);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
            }
        }
    }
}
