using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Granary.Clustering;
using Granary.Engine;
using Granary.Errors;
using Granary.Serving;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Configuration;

namespace Granary.Shards;

/// <summary>The door to an engine of this silo: renders, tokenises, passes the engine's outputs on as frames, and hands generations over to other replicas.</summary>
[GrainType("shard")]
[PinnedToSilo, KeepAlive, Reentrant]
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle nobody asks for holds nothing to dispose of.")]
internal sealed partial class ShardGrain(
    LocalModels models, LocalDrain drain, IOptions<ClusterOptions> cluster, IOptions<EngineOptions> engine, TimeProvider timeProvider, ILogger<ShardGrain> logger) : Grain, IShardGrain
{
    private const int MaxChoices = 128;

    // One after another: each stands still while it is read, and the others go on.
    private readonly SemaphoreSlim _exporting = new(1);

    public IAsyncEnumerable<TokenFrame> GenerateAsync(GenerateRequest request, CancellationToken cancellationToken = default) =>
        UnreadStreams.EndAsync(
            left => new Heartbeats(IsLate, drain, timeProvider).AddToAsync(token => FramesAsync(request, token), left), timeProvider, cancellationToken);

    public async IAsyncEnumerable<byte[]> ExportAsync(string requestId, int choice, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (model, id) = (Model(), EngineId(requestId, choice));
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

    private async IAsyncEnumerable<TokenFrame> FramesAsync(GenerateRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var model = Model();
        if (request.Choices is < 1 or > MaxChoices)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"n must be 1 to {MaxChoices}; it is {request.Choices}.", "n");
        }

        if (request.Resumed is { } had && had.Length != request.Choices)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"What {request.Choices} outputs had must be given for each of them, not for {had.Length}.", "resumed");
        }

        var tools = ToolCalling.Of(model, request);
        var prompts = await model.Prompts.EncodeAsync(request, tools?.ReplyPrefix ?? "", cancellationToken);
        var layout = request.Layout;
        var running = Enumerable.Range(0, request.Choices).Where(choice => request.Resumed?[choice].HasEnded != true);
        var choices = running.Select(choice => new ChoiceStream(
            model.Engine, choice, EngineRequest(choice), tools?.CreateParser(), tools?.MaxCalls ?? 0, Exported(choice), logger) { Echo = Echo(choice) });
        await foreach (var frame in ChoiceMerger.MergeAsync([.. choices], cancellationToken))
        {
            yield return frame;
        }

        EngineRequest EngineRequest(int choice) => new()
        {
            RequestId = EngineId(request.RequestId, choice),
            Prompt = prompts[layout.PromptOf(choice)],
            Output = Known(request, choice),
            Sampling = request.Sampling with
            {
                Seed = request.Sampling.Seed + layout.PlaceOf(choice),
                Constraint = tools?.Constraint ?? request.Sampling.Constraint,
            },
            Tenant = request.Tenant,
            TenantWeight = request.Reservation?.Weight ?? 1,
            CacheSalt = TenantSalt.Of(cluster.Value.ServiceId, request.Tenant),
            ShowsSpecialTokens = tools?.NeedsSpecialTokens == true,
            TraceParent = request.TraceParent,
        };

        string Echo(int choice) => request is { EchoesPrompt: true, Prompts: { } raw } ? model.Prompts.TextOf(raw[layout.PromptOf(choice)]) : "";

        // A piece at a time: whoever asks for the next one has the one before.
        IAsyncEnumerable<byte[]>? Exported(int choice) =>
            request.MoveFrom is { } shard ? GrainFactory.GetGrain<IShardGrain>(shard).ExportAsync(request.RequestId, choice, cancellationToken).WithBatchSize(1) : null;
    }

    /// <summary>What was generated of an output; <see langword="null"/> of one that begins.</summary>
    private static ReadOnlyMemory<int>? Known(GenerateRequest request, int choice)
    {
        if (request.Resumed is { } resumed)
        {
            return resumed[choice].Tokens;
        }

        return request.MoveFrom is null ? default(ReadOnlyMemory<int>?) : ReadOnlyMemory<int>.Empty;
    }

    private static string EngineId(string requestId, int choice) => choice == 0 ? requestId : $"{requestId}/{choice}";

    private bool IsLate() => Find() is not { Engine.Status.IsLate: false };

    private LocalModel? Find() => ShardKey.TryParse(this.GetPrimaryKeyString(), out var key) ? models.Find(key.Value.Model) : null;

    private LocalModel Model() =>
        Find() ?? throw new GranaryException(ErrorCode.Unavailable, "The silo that was asked does not serve the model any more. Try again.", "model");
}
