using Granary.Engine.Execution;
using Granary.Models;
using Microsoft.Extensions.Logging;

namespace Granary.Engine;

/// <summary>Loads engines.</summary>
public static partial class EngineLoader
{
    /// <summary>Loads a model's graph and starts the engine's thread.</summary>
    /// <param name="manifest">The model.</param>
    /// <param name="folder">Folder of the imported model, which holds <see cref="ModelManifest.GraphFile"/>.</param>
    /// <param name="tokenizer">Turns the tokens into text.</param>
    /// <param name="options">Slots, budgets and threads.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="ct">Gives the loading up.</param>
    /// <exception cref="InvalidDataException">The graph is unreadable or for another device, or its inputs and outputs are not what the manifest says.</exception>
    public static async Task<IEngine> LoadAsync(
        ModelManifest manifest,
        string folder,
        ITokenizer tokenizer,
        EngineOptions options,
        TimeProvider timeProvider,
        ILogger logger,
        CancellationToken ct = default)
    {
        ct.ThrowIfCancellationRequested();
        ModelGate.CheckVersions(manifest);
        long start = timeProvider.GetTimestamp();
        InferenceEngine engine = await InferenceEngine.StartAsync(manifest, tokenizer, options, timeProvider, logger, Load);
        if (ct.IsCancellationRequested)
        {
            await engine.DisposeAsync();
            ct.ThrowIfCancellationRequested();
        }

        LogLoaded(logger, manifest.Name, timeProvider.GetElapsedTime(start).TotalSeconds);
        return engine;

        IModelRunner Load()
        {
            IModelRunner runner = RunnerLoader.Load(manifest, folder, options);
            long kvBytes = runner.Classes.Sum(slots => (long)slots.Slots * slots.SlotTokens) * runner.TokenBytes;
            LogMemory(logger, manifest.Name, manifest.Weights, WeightBytes(manifest, folder) >> 20, options.Device, runner.Slots, runner.SlotTokens, kvBytes >> 20);
            return runner;
        }
    }

    // The graph's external data lies beside it.
    private static long WeightBytes(ModelManifest manifest, string folder) =>
        Directory.EnumerateFiles(folder, Path.GetFileName(manifest.GraphFile) + "*").Sum(file => new FileInfo(file).Length);

    [LoggerMessage(2010, LogLevel.Information, "Model {Model}: {Weights} weights of {WeightMebibytes} MiB on {Device}, KV cache of {Slots} slots of {SlotTokens} tokens, at most {KvMebibytes} MiB")]
    private static partial void LogMemory(
        ILogger logger, string model, string weights, long weightMebibytes, string device, int slots, int slotTokens, long kvMebibytes);

    [LoggerMessage(2011, LogLevel.Information, "Model {Model} is ready after {Seconds:0.0} s")]
    private static partial void LogLoaded(ILogger logger, string model, double seconds);
}
