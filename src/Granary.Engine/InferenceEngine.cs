using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Granary.Engine.Diagnostics;
using Granary.Engine.Execution;
using Granary.Engine.Kv;
using Granary.Engine.Kv.Transfer;
using Granary.Engine.Scheduling;
using Granary.Errors;
using Granary.Models;
using Microsoft.Extensions.Logging;

namespace Granary.Engine;

/// <summary>The engine as others see it: checks requests on the caller's thread, hands them to <see cref="EngineLoop"/>, streams what comes back.</summary>
internal sealed class InferenceEngine : IEngine
{
    private readonly SequenceFactory _sequences;
    private readonly ConcurrentDictionary<string, Sequence> _running = new(StringComparer.Ordinal); // by request id
    private readonly EngineCommands _commands = new();
    private readonly EngineProgress _progress;
    private readonly EngineMetrics _metrics;
    private readonly KvMetrics _kvMetrics;
    private readonly KvFormat _blocks;
    private readonly TimeProvider _timeProvider;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private InferenceEngine(ModelManifest manifest, ITokenizer tokenizer, EngineOptions options, TimeProvider timeProvider, IModelRunner runner)
    {
        Manifest = manifest;
        ContextTokens = runner.SlotTokens;
        _timeProvider = timeProvider;
        _blocks = KvFormat.Of(manifest, runner.TokenBytes, options.KvBlockTokens);
        var admission = new RequestAdmission(manifest, options, runner.SlotTokens);
        _sequences = new SequenceFactory(manifest, tokenizer, admission, options.PrefixCaching ? _blocks : null);
        _progress = new EngineProgress(timeProvider, options, runner.Slots);
        _metrics = new EngineMetrics(manifest.Name, timeProvider, () => _progress.Status);
        _kvMetrics = new KvMetrics(manifest.Name, timeProvider, () => _progress.KvUsage);
    }

    public ModelManifest Manifest { get; }

    public int ContextTokens { get; }

    public EngineStatus Status => _progress.Status;

    /// <summary>Whether a generation of that id is here.</summary>
    public bool Runs(string requestId) => _running.ContainsKey(requestId);

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
            InferenceEngine? engine = null;
            EngineLoop loop;
            ThreadNiceness.Add(options.Niceness);
            IModelRunner? runner = null;
            BlockStore? store = null;
            try
            {
                runner = load();
                engine = new InferenceEngine(manifest, tokenizer, options, timeProvider, runner);
                store = KvStorage.Open(manifest, runner.TokenBytes, options, timeProvider, logger, engine._kvMetrics, engine._commands.Wake);
                var scheduler = new Scheduler(runner, options, timeProvider, store);
                loop = new EngineLoop(manifest, runner, scheduler, store, engine._commands, engine._progress, engine._metrics, logger);
            }
            catch (Exception e)
            {
                try
                {
                    // Nobody else knows of what was loaded: gigabytes.
                    store?.Dispose();
                    runner?.Dispose();
                    engine?.DisposeMetrics();
                    started.SetException(e);
                }
                catch (Exception second)
                {
                    started.SetException(new AggregateException(e, second));
                }

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
        Sequence sequence = await _sequences.CreateAsync(request, ct);
        await foreach (EngineOutput output in ReadAsync(sequence, activity, ct))
        {
            yield return output;
        }
    }

    public Task ExportAsync(string requestId, Stream destination, CancellationToken ct = default) =>
        _running.TryGetValue(requestId, out Sequence? sequence)
            ? SequenceExporter.ExportAsync(sequence, _blocks.TokenBytes, _commands, destination, ct)
            : throw new GranaryException(ErrorCode.InvalidRequest, $"No generation '{requestId}' runs here.");

    public async IAsyncEnumerable<EngineOutput> ImportAsync(Stream source, [EnumeratorCancellation] CancellationToken ct = default)
    {
        ct.ThrowIfCancellationRequested();
        DateTimeOffset begin = _timeProvider.GetUtcNow();
        Sequence sequence = await ImportSequenceAsync(source, ct);
        using Activity? activity = EngineTelemetry.StartImported(Manifest, sequence, begin, _timeProvider.GetUtcNow());
        await foreach (EngineOutput output in ReadAsync(sequence, activity, ct))
        {
            yield return output;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _commands.Close();
        await _ended.Task;
        DisposeMetrics();
    }

    private void DisposeMetrics()
    {
        _metrics.Dispose();
        _kvMetrics.Dispose();
    }

    private async IAsyncEnumerable<EngineOutput> ReadAsync(Sequence sequence, Activity? activity, [EnumeratorCancellation] CancellationToken ct)
    {
        if (sequence is { State: SequenceState.Finished, Resumed: { } all })
        {
            activity?.AddEnd(all, sequence, _timeProvider);
            yield return all;
            yield break;
        }

        Submit(sequence);
        _running[sequence.RequestId] = sequence;

        // At once, whether somebody reads or not.
        using var cancelled = ct.UnsafeRegister(state => _commands.TrySend(new EngineCommand(EngineCommandKind.Cancel, (Sequence)state!)), sequence);
        try
        {
            if (sequence.Resumed is { } resumed)
            {
                yield return resumed;
            }

            while (await sequence.Stream.ReadAsync(ct).ConfigureAwait(false) is { } output)
            {
                activity?.AddEnd(output, sequence, _timeProvider);
                yield return output;
            }
        }
        finally
        {
            _running.TryRemove(KeyValuePair.Create(sequence.RequestId, sequence));

            // Without effect on a sequence that has finished.
            _commands.TrySend(new EngineCommand(EngineCommandKind.Cancel, sequence));
        }
    }

    private void Submit(Sequence sequence)
    {
        Entry entry = Enter(sequence);
        if (entry is Entry.Refused)
        {
            throw EngineLoop.QueueIsFull(Manifest);
        }

        _metrics.Arrived(sequence);
        if (!_commands.TrySend(new EngineCommand(entry is Entry.Displacing ? EngineCommandKind.Displace : EngineCommandKind.Submit, sequence)))
        {
            _progress.Leave(sequence);
            throw new GranaryException(ErrorCode.Unavailable, $"Model '{Manifest.Name}' is being unloaded here. Try again.");
        }
    }

    private Entry Enter(Sequence sequence)
    {
        if (!sequence.HasRun)
        {
            return _progress.TryEnter(sequence);
        }

        _progress.Return(sequence);
        return Entry.Free;
    }

    private async Task<Sequence> ImportSequenceAsync(Stream source, CancellationToken ct)
    {
        try
        {
            var importer = new SequenceImporter(Manifest, _blocks, _commands, source);
            while (true)
            {
                SequenceSnapshot snapshot = await importer.ReadAsync(ct);
                Sequence sequence = await _sequences.ResumeAsync(snapshot, importer.CanUse(snapshot) ? snapshot.ComputedTokens : 0, ct);
                await importer.ReadKvAsync(snapshot, sequence, ct);
                if (snapshot.IsLast)
                {
                    return sequence;
                }
            }
        }
        catch (InvalidDataException e)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"The exported generation is refused: {e.Message}.", "source", e);
        }
    }
}
