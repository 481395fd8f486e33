using System.Runtime.CompilerServices;
using Granary.Clustering;
using Granary.Engine;
using Granary.Errors;
using Granary.Serving;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Granary.Shards;

/// <summary>Generations by this silo's engines: renders, tokenises, and passes the engine's outputs on as frames with signs of life between them. Other silos come through <see cref="ShardGrain"/>.</summary>
internal sealed class LocalGenerations(
    LocalModels models, LocalDrain drain, IGrainFactory grains, IOptions<ClusterOptions> cluster, TimeProvider timeProvider, ILogger<LocalGenerations> logger)
{
    private const int MaxChoices = 128;

    // About 100 bytes each, here and wherever the reply is put together.
    private const int MaxPromptLogProbs = 1 << 20;

    /// <summary>The id of an output within the engine.</summary>
    public static string EngineId(string requestId, int choice) => choice == 0 ? requestId : $"{requestId}/{choice}";

    /// <summary>Whether a replica is one of this silo's.</summary>
    public bool Has(ReplicaDescriptor replica) => models.KeyOf(replica.Model) == replica.ShardKey;

    /// <exception cref="GranaryException">It is not served here any more.</exception>
    public LocalModel Model(string name) =>
        models.Find(name) ?? throw new GranaryException(ErrorCode.Unavailable, "The silo that was asked does not serve the model any more. Try again.", "model");

    /// <inheritdoc cref="IShardGrain.GenerateAsync"/>
    public IAsyncEnumerable<TokenFrame> GenerateAsync(string model, GenerateRequest request, CancellationToken cancellationToken)
    {
        var heartbeats = new Heartbeats(() => IsLate(model), drain, timeProvider);
        return heartbeats.AddToAsync(token => FramesAsync(model, request, heartbeats.Begin, token), cancellationToken);
    }

    private async IAsyncEnumerable<TokenFrame> FramesAsync(string name, GenerateRequest request, Action begun, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var model = Model(name);
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
        CheckScores(request, prompts);
        var running = Enumerable.Range(0, request.Choices).Where(choice => request.Resumed?[choice].HasEnded != true);
        var choices = running.Select(choice => new ChoiceStream(
            model.Engine, choice, EngineRequest(choice), tools?.CreateParser(), tools?.MaxCalls ?? 0, Exported(choice), logger) { Echo = Echo(choice) });
        await foreach (var frame in ChoiceMerger.MergeAsync([.. choices], cancellationToken).ConfigureAwait(false))
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
            Priority = request.Priority,
            TraceParent = request.TraceParent,
            ScoresPrompt = request.ScoresPrompt,
            Begun = begun,
        };

        PromptEcho? Echo(int choice) => request is { EchoesPrompt: true, Prompts: { } raw } ? new PromptEcho(model.Prompts, raw[layout.PromptOf(choice)]) : null;

        // A piece at a time: whoever asks for the next one has the one before.
        IAsyncEnumerable<byte[]>? Exported(int choice) =>
            request.MoveFrom is { } shard ? grains.GetGrain<IShardGrain>(shard).ExportAsync(request.RequestId, choice, cancellationToken).WithBatchSize(1) : null;
    }

    private static void CheckScores(GenerateRequest request, int[][] prompts)
    {
        var entries = request is { ScoresPrompt: true, Sampling.TopLogProbs: { } top } ? prompts.Sum(prompt => (long)prompt.Length) * request.Layout.PerPrompt * (1 + top) : 0;
        if (entries > MaxPromptLogProbs)
        {
            throw new GranaryException(
                ErrorCode.TooLarge, $"'echo' and 'logprobs' of these prompts give {entries} log-probabilities; a request may have {MaxPromptLogProbs}. Send fewer prompts at a time.", "logprobs");
        }
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

    private bool IsLate(string model) => models.Find(model) is not { Engine.Status.IsLate: false };
}
