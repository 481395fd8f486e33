using Granary.Engine.Experts;
using Granary.Models;
using Granary.Shards;
using Microsoft.Extensions.Logging;

namespace Granary.Engine.Stages;

/// <summary>Loads stages that are not the head.</summary>
public static class StageLoader
{
    /// <summary>Loads a stage's layers and takes memory for its keys and values.</summary>
    /// <param name="graphs">The model.</param>
    /// <param name="layout">How it is cut.</param>
    /// <param name="stage">Which stage, from 1.</param>
    /// <param name="options">Threads.</param>
    /// <param name="logger">The log.</param>
    /// <param name="experts">Where the experts of its layers are; <see langword="null"/> has them all in the stage.</param>
    /// <param name="ct">Gives the loading up.</param>
    /// <exception cref="InvalidDataException">The model is not for the CPU, or its graph cannot be loaded.</exception>
    public static Task<IStage> LoadAsync(
        ISegmentGraphs graphs,
        PipelineLayout layout,
        int stage,
        EngineOptions options,
        ILogger logger,
        ExpertAccess? experts = null,
        CancellationToken ct = default) => throw new NotSupportedException("Not there yet.");
}
