using Granary.Engine.Experts;
using Granary.Models;
using Granary.Shards;
using Microsoft.Extensions.Logging;

namespace Granary.Engine.Stages;

/// <summary>Loads engines whose model is not all here: the heads of replicas of several stages, and models whose experts are elsewhere.</summary>
public static partial class ShardedEngineLoader
{
    /// <summary>Loads the head's layers and starts an engine for each lane, behind one <see cref="IEngine"/>.</summary>
    /// <param name="graphs">The model.</param>
    /// <param name="layout">How it is cut; one stage is possible.</param>
    /// <param name="tokenizer">Turns the tokens into text.</param>
    /// <param name="options">Budgets and threads; the slots are the layout's.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="stages">The way to the other stages, which are loaded; <see langword="null"/> where there are none.</param>
    /// <param name="experts">Where the experts of the head's layers are; <see langword="null"/> has them all here.</param>
    /// <param name="ct">Gives the loading up.</param>
    /// <exception cref="InvalidDataException">The model is not for the CPU, or its graph cannot be loaded.</exception>
    public static async Task<IEngine> LoadAsync(
        ISegmentGraphs graphs,
        PipelineLayout layout,
        ITokenizer tokenizer,
        EngineOptions options,
        TimeProvider timeProvider,
        ILogger logger,
        IStageLink? stages = null,
        ExpertAccess? experts = null,
        CancellationToken ct = default)
    {
        ct.ThrowIfCancellationRequested();
        ModelGate.CheckCut(graphs.Manifest, options);
        if (layout.Stages.Length > 1 && stages is null)
        {
            throw new ArgumentException($"A replica of {layout.Stages.Length} stages needs a way to the others.", nameof(stages));
        }

        long start = timeProvider.GetTimestamp();
        HeadLayers head = await HeadLayers.LoadAsync(graphs, layout, options, experts);
        var engines = new List<InferenceEngine>();
        try
        {
            for (int lane = 0; lane < layout.Lanes; lane++)
            {
                int number = lane;
                engines.Add(await InferenceEngine.StartAsync(
                    graphs.Manifest, tokenizer, options.ForLane(lane, layout.Lanes), timeProvider, logger, () => head.CreateRunner(number, stages)));
                ct.ThrowIfCancellationRequested();
            }
        }
        catch
        {
            foreach (InferenceEngine engine in engines)
            {
                await engine.DisposeAsync();
            }

            head.Dispose();
            throw;
        }

        LogLoaded(logger, graphs.Manifest.Name, layout.Stages[0], layout.Stages.Length, layout.Lanes, timeProvider.GetElapsedTime(start).TotalSeconds);
        return new LanedEngine(engines, head, options.KvBlockTokens, options.PrefillChunkTokens);
    }

    [LoggerMessage(2031, LogLevel.Information, "Model {Model} is ready after {Seconds:0.0} s: layers {Layers} here, {Stages} stages, {Lanes} lanes")]
    private static partial void LogLoaded(ILogger logger, string model, LayerRange layers, int stages, int lanes, double seconds);
}
