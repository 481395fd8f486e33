using System.Collections.Concurrent;
using Granary.Engine.Execution;
using Granary.Errors;
using Granary.Models;
using Granary.Shards;
using Microsoft.Extensions.Logging;

namespace Granary.Engine.Experts;

/// <summary>Weights of some experts of a model's layers on this silo. Used by layers of this silo in place, and by others through batches.</summary>
public sealed partial class ExpertSet : IAsyncDisposable
{
    // Batches from several replicas at once; the graphs have threads of their own.
    private const int MaxWorkers = 4;

    private readonly ISegmentGraphs _graphs;
    private readonly EngineOptions _options;
    private readonly ILogger _logger;
    private readonly BlockingCollection<(ExpertBatch Batch, TaskCompletionSource<ExpertReply> Reply)> _batches = [];
    private readonly List<TaskCompletionSource> _workers = [];
    private readonly SemaphoreSlim _changing = new(1, 1);
    private volatile Dictionary<int, LoadedExperts> _layers = []; // by layer; never changed, but exchanged
    private volatile HashSet<ExpertId> _experts = [];

    private ExpertSet(ISegmentGraphs graphs, EngineOptions options, ILogger logger)
    {
        _graphs = graphs;
        _options = options;
        _logger = logger;
        int workers = Math.Clamp(options.Threads ?? ProcessorTopology.PhysicalCores(), 1, MaxWorkers);
        for (int worker = 0; worker < workers; worker++)
        {
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _workers.Add(ended);
            new Thread(() => Work(ended)) { IsBackground = true, Name = $"experts {graphs.Manifest.Name}" }.Start();
        }
    }

    /// <summary>The experts that can be computed.</summary>
    public IReadOnlySet<ExpertId> Experts => _experts;

    /// <summary>Batches that wait for a thread.</summary>
    public int Waiting => _batches.Count;

    /// <summary>Loads experts.</summary>
    /// <param name="graphs">The model.</param>
    /// <param name="experts">Which; none is possible.</param>
    /// <param name="options">Threads.</param>
    /// <param name="logger">The log.</param>
    /// <param name="ct">Gives the loading up.</param>
    /// <exception cref="InvalidDataException">The model is not for the CPU, or its graph cannot be loaded.</exception>
    public static async Task<ExpertSet> LoadAsync(
        ISegmentGraphs graphs, IReadOnlyCollection<ExpertId> experts, EngineOptions options, ILogger logger, CancellationToken ct = default)
    {
        ModelGate.CheckCut(graphs.Manifest, options);
        var set = new ExpertSet(graphs, options, logger);
        try
        {
            await set.ChangeAsync(experts, ct);
            return set;
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }
    }

    /// <summary>Changes the set while it serves: new experts can be computed, and those left out no longer, when the task ends.</summary>
    /// <param name="experts">What it is to hold.</param>
    /// <param name="ct">Gives the change up between two layers; the set then is as it was.</param>
    public async Task ChangeAsync(IReadOnlyCollection<ExpertId> experts, CancellationToken ct = default)
    {
        await _changing.WaitAsync(ct);
        try
        {
            Dictionary<int, LoadedExperts> old = _layers;
            Dictionary<int, LoadedExperts> changed = await LoadLayersAsync(experts, old, ct);
            _layers = changed;
            _experts = [.. experts];
            foreach ((int layer, LoadedExperts loaded) in old)
            {
                if (changed.GetValueOrDefault(layer) != loaded)
                {
                    loaded.Leave();
                }
            }

            LogChanged(_logger, _graphs.Manifest.Name, _experts.Count, changed.Count);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Computes a batch on a thread of the set.</summary>
    /// <exception cref="GranaryException"><c>unavailable</c>: the set does not hold all of the batch's experts, or was disposed.</exception>
    public Task<ExpertReply> RunAsync(ExpertBatch batch)
    {
        var reply = new TaskCompletionSource<ExpertReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _batches.Add((batch, reply));
        }
        catch (InvalidOperationException)
        {
            reply.SetException(new GranaryException(ErrorCode.Unavailable, $"The experts of model '{_graphs.Manifest.Name}' are being unloaded here. Try again."));
        }

        return reply.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _batches.CompleteAdding();
        await Task.WhenAll(_workers.Select(worker => worker.Task));
        foreach (LoadedExperts layer in Interlocked.Exchange(ref _layers, []).Values)
        {
            layer.Leave();
        }

        _experts = [];
    }

    /// <summary>Computes choices on the caller's thread.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="work">The choices.</param>
    /// <param name="input">[T, H].</param>
    /// <param name="tokens">T.</param>
    /// <param name="sums">[T, H]; gets what the experts give added.</param>
    /// <returns>Whether it holds the chosen experts; otherwise nothing was computed.</returns>
    internal bool TryRun(int layer, ExpertWork work, NativeBuffer input, int tokens, Span<float> sums)
    {
        if (!_layers.TryGetValue(layer, out LoadedExperts? loaded) || !work.Fits(loaded) || !loaded.TryEnter())
        {
            return false;
        }

        try
        {
            work.Run(loaded, input, tokens, sums);
            return true;
        }
        finally
        {
            loaded.Leave();
        }
    }

    private async Task<Dictionary<int, LoadedExperts>> LoadLayersAsync(
        IReadOnlyCollection<ExpertId> experts, Dictionary<int, LoadedExperts> old, CancellationToken ct)
    {
        var layers = new Dictionary<int, LoadedExperts>();
        try
        {
            foreach (IGrouping<int, ExpertId> layer in experts.GroupBy(id => id.Layer))
            {
                ct.ThrowIfCancellationRequested();
                int[] wanted = [.. layer.Select(id => id.Expert).Distinct().Order()];
                layers[layer.Key] = old.GetValueOrDefault(layer.Key) is { } loaded && loaded.Experts.SequenceEqual(wanted)
                    ? loaded
                    : await Task.Factory.StartNew(
                        () => LoadedExperts.Load(_graphs, layer.Key, wanted, _options), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }

            return layers;
        }
        catch
        {
            foreach ((int layer, LoadedExperts loaded) in layers)
            {
                if (old.GetValueOrDefault(layer) != loaded)
                {
                    loaded.Leave();
                }
            }

            throw;
        }
    }

    private void Work(TaskCompletionSource ended)
    {
        ThreadNiceness.Add(_options.Niceness);
        using (var worker = new ExpertWorker(this, _graphs.Manifest))
        {
            foreach ((ExpertBatch batch, TaskCompletionSource<ExpertReply> reply) in _batches.GetConsumingEnumerable())
            {
                try
                {
                    reply.SetResult(worker.Run(batch));
                }
                catch (Exception e)
                {
                    reply.SetException(e);
                }
            }
        }

        ended.SetResult();
    }

    [LoggerMessage(2032, LogLevel.Information, "Model {Model}: {Experts} experts of {Layers} layers are here")]
    private static partial void LogChanged(ILogger logger, string model, int experts, int layers);
}
