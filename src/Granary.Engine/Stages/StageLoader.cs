using Granary.Engine.Execution;
using Granary.Engine.Experts;
using Granary.Models;
using Granary.Shards;
using Microsoft.Extensions.Logging;

namespace Granary.Engine.Stages;

/// <summary>Loads stages that are not the head.</summary>
public static partial class StageLoader
{
    /// <summary>Loads a stage's layers and takes memory for its keys and values.</summary>
    /// <param name="graphs">The model.</param>
    /// <param name="layout">How it is cut.</param>
    /// <param name="stage">Which stage, from 1.</param>
    /// <param name="options">Threads.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="experts">Where the experts of its layers are; <see langword="null"/> has them all in the stage.</param>
    /// <param name="ct">Gives the loading up.</param>
    /// <exception cref="InvalidDataException">The model is not for the CPU, or its graph cannot be loaded.</exception>
    public static async Task<IStage> LoadAsync(
        ISegmentGraphs graphs,
        PipelineLayout layout,
        int stage,
        EngineOptions options,
        TimeProvider timeProvider,
        ILogger logger,
        ExpertAccess? experts = null,
        CancellationToken ct = default)
    {
        ct.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfLessThan(stage, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(stage, layout.Stages.Length);
        ModelGate.CheckCut(graphs.Manifest, options);
        long start = timeProvider.GetTimestamp();
        Stage loaded = await Stage.StartAsync(
            graphs.Manifest,
            layout,
            stage,
            options.Niceness,
            () => LayerGraphs.Load(graphs, new GraphSegment(SegmentStart.Hidden, layout.Stages[stage], SegmentEnd.Hidden), options, cutAtExperts: experts is not null),
            () => experts is null ? null : LayerExperts.Create(graphs, experts));
        LogLoaded(logger, graphs.Manifest.Name, loaded.Layers, layout.Lanes, loaded.KvBytes >> 20, timeProvider.GetElapsedTime(start).TotalSeconds);
        return loaded;
    }

    [LoggerMessage(2030, LogLevel.Information, "Layers {Layers} of model {Model} are ready after {Seconds:0.0} s: {Lanes} lanes, KV cache of at most {KvMebibytes} MiB")]
    private static partial void LogLoaded(ILogger logger, string model, LayerRange layers, int lanes, long kvMebibytes, double seconds);
}
