using Granary.Engine;
using Granary.Engine.Stages;
using Granary.Models;
using Granary.Shards;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Benchmarks.Shards;

/// <summary>The stages of a replica in this process.</summary>
internal sealed class LocalStages : IStageLink, IAsyncDisposable
{
    private readonly List<IStage> _stages = [];

    public static async Task<LocalStages> LoadAsync(ISegmentGraphs graphs, PipelineLayout layout, EngineOptions options)
    {
        var link = new LocalStages();
        for (var stage = 1; stage < layout.Stages.Length; stage++)
        {
            link._stages.Add(await StageLoader.LoadAsync(graphs, layout, stage, options, TimeProvider.System, NullLogger.Instance));
        }

        return link;
    }

    public async Task<StageResult> RunAsync(StageStep step)
    {
        StageResult? result = null;
        foreach (var stage in _stages)
        {
            result = await stage.RunAsync(step);
            step = step.Next(result);
        }

        return result!;
    }

    public Task CopyAsync(SlotCopy[] copies) => Task.WhenAll(_stages.Select(stage => stage.CopyAsync(copies)));

    public Task<byte[]> ReadKvAsync(int stage, KvRange range) => _stages[stage - 1].ReadKvAsync(range);

    public Task WriteKvAsync(int stage, KvRange range, byte[] keysAndValues) => _stages[stage - 1].WriteKvAsync(range, keysAndValues);

    public async ValueTask DisposeAsync()
    {
        foreach (var stage in _stages)
        {
            await stage.DisposeAsync();
        }
    }
}
