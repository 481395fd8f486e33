using Granary.Engine;
using Granary.Models;

namespace Granary.Shards;

/// <summary>A model that this silo has open. Owns its engine and files.</summary>
/// <param name="Manifest">What it is.</param>
/// <param name="Engine">Generates.</param>
/// <param name="Prompts">Turns requests into token ids.</param>
/// <param name="Files">Closed after the engine.</param>
internal sealed record LocalModel(ModelManifest Manifest, IEngine Engine, PromptEncoder Prompts, IDisposable? Files) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Files?.Dispose();
    }
}
