using Granary.Engine;
using Granary.Models;
using Granary.Models.ToolCalls;

namespace Granary.Shards;

/// <summary>A model that this silo has open. Owns its engine and files.</summary>
/// <param name="Manifest">What it is.</param>
/// <param name="Engine">Generates.</param>
/// <param name="Prompts">Turns requests into token ids.</param>
/// <param name="ToolCalls">How it writes function calls; of <see langword="null"/> if its template knows no tools. Read when it is first asked for: a model may have no template.</param>
/// <param name="Files">Closed after the engine.</param>
internal sealed record LocalModel(ModelManifest Manifest, IEngine Engine, PromptEncoder Prompts, Lazy<IToolCallFormat?> ToolCalls, IDisposable? Files) : IAsyncDisposable
{
    /// <summary>Tokens of output for who asks for no number, as far as the context has room.</summary>
    public int UsualOutputTokens(EngineOptions options) => Manifest.Defaults.MaxTokens is > 0 and { } own ? own : options.DefaultMaxTokens;

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Files?.Dispose();
    }
}
