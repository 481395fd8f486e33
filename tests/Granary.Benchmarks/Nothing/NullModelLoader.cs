using Granary.Engine;
using Granary.Models;
using Granary.Models.ToolCalls;
using Granary.Shards;

namespace Granary.Benchmarks.Nothing;

/// <summary>Opens any name with an engine that computes nothing.</summary>
/// <param name="engine">Makes it.</param>
internal sealed class NullModelLoader(Func<ModelManifest, IEngine> engine) : ILocalModelLoader
{
    public Task<LocalModel> LoadAsync(string name, CancellationToken cancellationToken)
    {
        var manifest = new ModelManifest
        {
            Name = name,
            Architecture = "null",
            Fingerprint = "0123456789abcdef",
            Weights = "fp32",
            ParameterCount = 0,
            LayerCount = 1,
            HiddenSize = 1,
            HeadCount = 1,
            KvHeadCount = 1,
            HeadDim = 1,
            VocabularySize = 256,
            MaxPositions = 4096,
            EndOfSequenceTokens = [0],
            Defaults = new SamplingParameters(),
        };
        var prompts = new PromptEncoder(new NullTokenizer(), (messages, _) => string.Concat(messages.Select(message => message.Content)));
        return Task.FromResult(new LocalModel(manifest, engine(manifest), prompts, new Lazy<IToolCallFormat?>(() => null), null));
    }
}
