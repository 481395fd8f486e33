using System.Diagnostics;
using System.Runtime;
using Granary.Benchmarks.Engine.LlamaCpp;
using Granary.Engine;
using Granary.Engine.Execution;
using Granary.Models.Catalog;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Benchmarks.Engine;

/// <summary>Both sides of a contest, loaded: the whole engine, its bare graph, and llama.cpp with each of the settings that change its speed.</summary>
internal sealed class ContestRun : IAsyncDisposable
{
    private static readonly TimeSpan WarmUpQuiet = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan WarmUpAtMost = TimeSpan.FromSeconds(10);

    private readonly LlamaModel _model;
    private readonly Workload _workload;
    private readonly bool _quick;

    private ContestRun(IEngine engine, BareGraph bare, LlamaModel model, IReadOnlyList<LlamaDecoder> peers, bool quick)
    {
        _quick = quick;
        Engine = engine;
        Bare = bare;
        _model = model;
        Peers = peers;
        _workload = new Workload(engine.Manifest.VocabularySize);
    }

    /// <summary>The engine's options: slots for the largest batch, a chunk as long as the timed prompt (llama.cpp's ubatch is, too), all processors for one forward pass, no niceness (the others' threads have none).</summary>
    public static EngineOptions Options { get; } = new()
    {
        Slots = Workload.Batches.Max(),
        SlotTokens = Workload.PrefillTokens + Workload.PromptTokens,
        PrefillChunkTokens = Workload.PrefillTokens,
        MaxWaiting = 1024,
        Niceness = 0,
    };

    public IEngine Engine { get; }

    public BareGraph Bare { get; }

    public IReadOnlyList<LlamaDecoder> Peers { get; }

    public static async Task<ContestRun> LoadAsync(ImportedModel model, string gguf, bool quick, CancellationToken cancellationToken)
    {
        var engine = await EngineLoader.LoadAsync(model.Manifest, model.Folder, model.Tokenizer, Options, TimeProvider.System, NullLogger.Instance, cancellationToken);
        var bare = new BareGraph(OrtModelRunner.Load(model.Manifest, model.Folder, Options));
        var llama = new LlamaModel(gguf, model.Manifest.VocabularySize);
        var peers = LlamaSettings.All(ProcessorTopology.PhysicalCores(), quick)
            .Select(settings => new LlamaDecoder(llama, settings, Options.Slots, Options.SlotTokens, Workload.PrefillTokens));
        return new ContestRun(engine, bare, llama, [.. peers], quick);
    }

    /// <summary>Lets the engine alone decode until nothing has been compiled for a while: code that has run often is compiled anew, on the processors that a step wants.</summary>
    public async Task WarmUpAsync(int streams, int steps)
    {
        var (all, quiet) = (Stopwatch.StartNew(), Stopwatch.StartNew());
        while (quiet.Elapsed < WarmUpQuiet && all.Elapsed < WarmUpAtMost)
        {
            var compiled = JitInfo.GetCompiledMethodCount();
            await EngineLoad.DecodeAsync(Engine, _workload.Prompts(streams, _quick), steps);
            if (JitInfo.GetCompiledMethodCount() != compiled)
            {
                quiet.Restart();
            }
        }
    }

    /// <summary>Decodes with a number of streams: the engine, then the others with the tokens that it generated.</summary>
    public async Task<Round> DecodeAsync(int streams, int steps, IReadOnlyList<LlamaDecoder> peers)
    {
        var prompts = _workload.Prompts(streams, _quick);
        var (engine, outputs) = await EngineLoad.DecodeAsync(Engine, prompts, steps);
        return new Round(
            engine,
            DecoderLoad.Decode(Bare, prompts, outputs),
            [.. peers.Select(peer => DecoderLoad.Decode(peer, prompts, outputs))]);
    }

    /// <summary>Prefills of one prompt.</summary>
    public async Task<Round> PrefillAsync(IReadOnlyList<LlamaDecoder> peers)
    {
        var prompt = _workload.Prompt(Workload.PrefillTokens);
        return new Round(
            await EngineLoad.PrefillAsync(Engine, prompt),
            DecoderLoad.Prefill(Bare, prompt),
            [.. peers.Select(peer => DecoderLoad.Prefill(peer, prompt))]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var decoder in Peers)
        {
            decoder.Dispose();
        }

        _model.Dispose();
        Bare.Dispose();
        await Engine.DisposeAsync();
    }

    /// <summary>Tokens a second of one alternation.</summary>
    internal readonly record struct Round(double Engine, double Bare, double[] Peers);
}
