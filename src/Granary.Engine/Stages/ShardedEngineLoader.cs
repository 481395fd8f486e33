using Granary.Engine.Experts;
using Granary.Models;
using Granary.Shards;
using Microsoft.Extensions.Logging;

namespace Granary.Engine.Stages;

/// <summary>Loads engines whose model is not all here: the heads of replicas of several stages, and models whose experts are elsewhere.</summary>
public static class ShardedEngineLoader
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
    public static Task<IEngine> LoadAsync(
        ISegmentGraphs graphs,
        PipelineLayout layout,
        ITokenizer tokenizer,
        EngineOptions options,
        TimeProvider timeProvider,
        ILogger logger,
        IStageLink? stages = null,
        ExpertAccess? experts = null,
        CancellationToken ct = default) => throw new NotSupportedException("Not there yet.");
}
