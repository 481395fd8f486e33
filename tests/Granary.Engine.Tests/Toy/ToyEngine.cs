using Granary.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Engine.Tests.Toy;

/// <summary>The real engine over <see cref="ToyRunner"/>.</summary>
internal sealed class ToyEngine : IAsyncDisposable
{
    private ToyEngine(IEngine engine, ToyRunner runner)
    {
        Engine = engine;
        Runner = runner;
    }

    public IEngine Engine { get; }

    public ToyRunner Runner { get; }

    public static ModelManifest Manifest { get; } = new()
    {
        Name = "toy",
        Architecture = "toy",
        Fingerprint = "0",
        Weights = "fp32",
        ParameterCount = 0,
        LayerCount = 1,
        HiddenSize = 8,
        HeadCount = 1,
        KvHeadCount = 1,
        HeadDim = 8,
        VocabularySize = 101,
        MaxPositions = 1024,
        EndOfSequenceTokens = [],
        Defaults = new SamplingParameters { Temperature = 0 },
    };

    public static async Task<ToyEngine> StartAsync(
        EngineOptions? options = null, TimeProvider? time = null, Action<ToyRunner>? configure = null, ModelManifest? manifest = null, ILogger? logger = null,
        ITokenizer? tokenizer = null)
    {
        options ??= new EngineOptions { Slots = 4, SlotTokens = 128 };
        (int, int)[] classes = options.SlotClasses.Count > 0
            ? [.. options.SlotClasses.Select(slots => (slots.Tokens, slots.Slots))]
            : [(options.SlotTokens, options.Slots)];
        var runner = new ToyRunner(classes, options.PrefillChunkTokens);
        configure?.Invoke(runner);
        IEngine engine = await InferenceEngine.StartAsync(
            manifest ?? Manifest, tokenizer ?? new ToyTokenizer(), options, time ?? TimeProvider.System, logger ?? NullLogger.Instance, () => runner);
        return new ToyEngine(engine, runner);
    }

    public static EngineRequest Request(int[] prompt, int maxTokens = 16, SamplingParameters? sampling = null) => new()
    {
        RequestId = $"r{prompt.Length}",
        Prompt = prompt,
        Sampling = (sampling ?? new SamplingParameters()) with { MaxTokens = maxTokens },
    };

    public ValueTask DisposeAsync() => Engine.DisposeAsync();
}
