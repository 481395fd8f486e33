using Granary.Models;
using Granary.Models.ToolCalls;
using Granary.Shards;

namespace Granary.Grains.Tests.Fixtures;

/// <summary>Opens any name with a scripted engine and a test's tokenizer.</summary>
internal sealed class HeldModelLoader(ITokenizer tokenizer) : ILocalModelLoader
{
    public Task<LocalModel> LoadAsync(string name, CancellationToken cancellationToken)
    {
        var engine = new ScriptedEngine(name, "silo", new Script());
        return Task.FromResult(new LocalModel(engine.Manifest, engine, new PromptEncoder(tokenizer, (messages, tools) => ScriptedModelLoader.ChatMl(messages, tools)), new Lazy<IToolCallFormat?>(() => null), null));
    }
}
