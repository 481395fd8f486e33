using System.Diagnostics;
using System.Runtime.CompilerServices;
using Granary.Engine.Diagnostics;
using Granary.Engine.Execution;
using Granary.Engine.Grammar;
using Granary.Engine.Kv;
using Granary.Engine.Output;
using Granary.Engine.Sampling;
using Granary.Engine.Scheduling;
using Granary.Errors;
using Granary.Models;
using Microsoft.Extensions.Logging;

namespace Granary.Engine;

/// <summary>The engine as others see it: checks requests on the caller's thread, hands them to <see cref="EngineLoop"/>, streams what comes back.</summary>
internal sealed class InferenceEngine : IEngine
{
    private readonly ITokenizer _tokenizer;
    private readonly RequestAdmission _admission;
    private readonly GrammarCompiler _grammars;
    private readonly EngineCommands _commands = new();
    private readonly EngineProgress _progress;
    private readonly EngineMetrics _metrics;
    private readonly KvMetrics _kvMetrics;
    private readonly KvFormat? _blocks; // of no use where nothing is reused
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private InferenceEngine(ModelManifest manifest, ITokenizer tokenizer, EngineOptions options, TimeProvider timeProvider, IModelRunner runner)
    {
        Manifest = manifest;
        _tokenizer = tokenizer;
        _admission = new RequestAdmission(manifest, options, runner.SlotTokens);
        _grammars = new GrammarCompiler(tokenizer, manifest.VocabularySize, manifest.EndOfSequenceTokens);
        _progress = new EngineProgress(timeProvider, options, runner.Slots);
        _metrics = new EngineMetrics(manifest.Name, timeProvider, () => _progress.Status);
        _kvMetrics = new KvMetrics(manifest.Name, timeProvider, () => _progress.KvUsage);
        _blocks = options.PrefixCaching ? KvFormat.Of(manifest, runner.TokenBytes, options.KvBlockTokens) : null;
    }

    public ModelManifest Manifest { get; }

    public EngineStatus Status => _progress.Status;

    /// <summary>Starts the engine's thread, loads the runner on it and returns when it is ready.</summary>
    /// <remarks>The engine's thread is the only one to touch the runner: some of its settings belong to the thread that made it.</remarks>
    public static async Task<InferenceEngine> StartAsync(
        ModelManifest manifest,
        ITokenizer tokenizer,
        EngineOptions options,
        TimeProvider timeProvider,
        ILogger logger,
        Func<IModelRunner> load)
    {
        var started = new TaskCompletionSource<InferenceEngine>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(Main) { IsBackground = true, Name = $"engine {manifest.Name}" };
        thread.Start();
        return await started.Task;

        void Main()
        {
            InferenceEngine engine;
            EngineLoop loop;
            try
            {
                IModelRunner runner = load();
                engine = new InferenceEngine(manifest, tokenizer, options, timeProvider, runner);
                BlockStore store = KvStorage.Open(manifest, runner.TokenBytes, options, timeProvider, logger, engine._kvMetrics, engine._commands.Wake);
                loop = new EngineLoop(manifest, runner, engine._commands, engine._progress, engine._metrics, options, store, timeProvider, logger);
            }
            catch (Exception e)
            {
                started.SetException(e);
                return;
            }

            started.SetResult(engine);
            loop.Run();
            engine._ended.SetResult();
        }
    }

    public async IAsyncEnumerable<EngineOutput> GenerateAsync(EngineRequest request, [EnumeratorCancellation] CancellationToken ct = default)
    {
        ct.ThrowIfCancellationRequested();
        using Activity? activity = EngineTelemetry.StartGeneration(Manifest, request);
        SamplingSettings settings = SamplingResolver.ResolveFor(Manifest, request.Sampling);
        int maxTokens = _admission.Check(request);
        TokenConstraint? constraint = request.Sampling.Constraint is { } asked ? await _grammars.StartAsync(asked, ct) : null;
        Sequence sequence = Submit(request, settings, maxTokens, constraint);
        try
        {
            while (await sequence.Stream.ReadAsync(ct) is { } output)
            {
                activity?.AddUsage(output);
                yield return output;
            }
        }
        finally
        {
            // Without effect on a sequence that has finished.
            _commands.TrySend(new EngineCommand(EngineCommandKind.Cancel, sequence));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _commands.Close();
        await _ended.Task;
        _metrics.Dispose();
        _kvMetrics.Dispose();
    }

    private Sequence Submit(EngineRequest request, SamplingSettings settings, int maxTokens, TokenConstraint? constraint)
    {
        if (!_progress.TryEnter())
        {
            throw new GranaryException(
                ErrorCode.Overloaded, $"The queue of model '{Manifest.Name}' is full here ({_progress.InFlight} requests). Try again later.");
        }

        var text = new OutputText(_tokenizer.CreateStreamDecoder(skipSpecialTokens: !request.ShowsSpecialTokens), settings.Stop, settings.MinTokens);
        var stream = new OutputStream(settings.TopLogProbs is { } top ? new LogProbReader(_tokenizer, top) : null);
        var sequence = new Sequence(request.RequestId, request.Prompt.Span, maxTokens, settings, text, stream, constraint)
        {
            Tenant = request.Tenant,
            TenantWeight = request.TenantWeight,
            Priority = request.Priority,
            Chain = NewChain(request, maxTokens),
        };
        _metrics.Arrived(sequence);
        if (!_commands.TrySend(new EngineCommand(EngineCommandKind.Submit, sequence)))
        {
            _progress.Leave();
            throw new GranaryException(ErrorCode.Unavailable, $"Model '{Manifest.Name}' is being unloaded here. Try again.");
        }

        return sequence;
    }

    private BlockChain? NewChain(EngineRequest request, int maxTokens)
    {
        if (_blocks is null)
        {
            return null;
        }

        var chain = new BlockChain(BlockHash.Root(_blocks, request.CacheSalt), _blocks.BlockTokens, request.Prompt.Length + maxTokens);
        chain.Of(request.Prompt.Span); // here, so that the engine's thread finds it done
        return chain;
    }
}
