using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Granary.Engine;
using Granary.Serving;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Granary.Shards;

/// <summary>The door to an engine of this silo for other silos: passes on what it generates, and hands generations over to other replicas.</summary>
[GrainType("shard")]
[PinnedToSilo, KeepAlive, Reentrant]
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle nobody asks for holds nothing to dispose of.")]
internal sealed partial class ShardGrain(
    LocalModels models, LocalGenerations generations, IOptions<EngineOptions> engine, TimeProvider timeProvider, ILogger<ShardGrain> logger) : Grain, IShardGrain
{
    // One after another: each stands still while it is read, and the others go on.
    private readonly SemaphoreSlim _exporting = new(1);

    public IAsyncEnumerable<TokenFrame> GenerateAsync(GenerateRequest request, CancellationToken cancellationToken = default) =>
        UnreadStreams.EndAsync(left => generations.GenerateAsync(ModelName, request, left), timeProvider, cancellationToken);

    public async IAsyncEnumerable<byte[]> ExportAsync(string requestId, int choice, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (model, id) = (Model(), LocalGenerations.EngineId(requestId, choice));
        await _exporting.WaitAsync(cancellationToken);
        var (begin, bytes, isWhole) = (timeProvider.GetTimestamp(), 0L, false);
        try
        {
            await foreach (var piece in new Export(model.Engine, id, timeProvider).ReadAsync(cancellationToken))
            {
                bytes += piece.Length;
                yield return piece;
            }

            isWhole = true;
        }
        finally
        {
            _exporting.Release();
            LogExport(id, isWhole ? "handed over" : "not handed over", bytes, timeProvider.GetElapsedTime(begin).TotalMilliseconds);
        }
    }

    public Task<PromptSize> MeasureAsync(GenerateRequest request) => PromptMeter.MeasureAsync(Model(), request, engine.Value, CancellationToken.None);

    public Task<ReplicaDescriptor> DescribeAsync() => Task.FromResult(models.Describe(Model()));

    private string ModelName => ShardKey.TryParse(this.GetPrimaryKeyString(), out var key) ? key.Value.Model : "";

    private LocalModel Model() => generations.Model(ModelName);
}
