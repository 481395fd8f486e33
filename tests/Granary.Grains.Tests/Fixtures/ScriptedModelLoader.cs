using System.Text.Json.Nodes;
using Granary.Models;
using Granary.Models.ToolCalls;
using Granary.Shards;

namespace Granary.Grains.Tests.Fixtures;

/// <summary>Opens any name with a scripted engine and a ChatML template.</summary>
internal sealed class ScriptedModelLoader(string silo, Script script) : ILocalModelLoader
{
    public Task<LocalModel> LoadAsync(string name, CancellationToken cancellationToken)
    {
        var engine = new ScriptedEngine(name, silo, script);
        return Task.FromResult(new LocalModel(engine.Manifest, engine, new PromptEncoder(new ByteTokenizer(), ChatMl), new Lazy<IToolCallFormat?>(() => null), null));
    }

    public static string ChatMl(IReadOnlyList<ChatMessage> messages, JsonArray? tools = null) =>
        string.Concat(messages.Select(message => $"<|im_start|>{message.Role.ToString().ToLowerInvariant()}\n{message.Content}<|im_end|>\n")) + "<|im_start|>assistant\n";
}
