using Granary.Models;
using Microsoft.Extensions.Logging;

namespace Granary.Engine;

/// <summary>Loads engines.</summary>
public static class EngineLoader
{
    /// <summary>Loads a model's graph and starts the engine's thread.</summary>
    /// <param name="manifest">The model.</param>
    /// <param name="folder">Folder of the imported model, which holds <see cref="ModelManifest.GraphFile"/>.</param>
    /// <param name="tokenizer">Turns the tokens into text.</param>
    /// <param name="options">Slots, budgets and threads.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="ct">Gives the loading up.</param>
    /// <exception cref="InvalidDataException">The graph is unreadable, or its inputs and outputs are not what the manifest says.</exception>
    public static Task<IEngine> LoadAsync(
        ModelManifest manifest,
        string folder,
        ITokenizer tokenizer,
        EngineOptions options,
        TimeProvider timeProvider,
        ILogger logger,
        CancellationToken ct = default) => throw new NotImplementedException();
}
