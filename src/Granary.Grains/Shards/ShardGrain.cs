using System.Runtime.CompilerServices;
using Granary.Engine;
using Granary.Errors;
using Granary.Serving;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Configuration;

namespace Granary.Shards;

/// <summary>The door to an engine of this silo: renders, tokenises, and passes the engine's outputs on as frames.</summary>
[GrainType("shard")]
[PinnedToSilo, KeepAlive, Reentrant]
internal sealed class ShardGrain(LocalModels models, IOptions<ClusterOptions> cluster) : Grain, IShardGrain
{
    private const int MaxChoices = 128;

    public async IAsyncEnumerable<TokenFrame> GenerateAsync(GenerateRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var model = Model();
        if (request.Choices is < 1 or > MaxChoices)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"n must be 1 to {MaxChoices}; it is {request.Choices}.", "n");
        }

        var tools = ToolCalling.Of(model, request);
        var prompt = await model.Prompts.EncodeAsync(request, tools?.ReplyPrefix ?? "", cancellationToken);
        var choices = Enumerable.Range(0, request.Choices).Select(choice => new ChoiceStream(model.Engine, choice, EngineRequest(choice), tools?.CreateParser(), tools?.MaxCalls ?? 0));
        await foreach (var frame in ChoiceMerger.MergeAsync([.. choices], cancellationToken))
        {
            yield return frame;
        }

        EngineRequest EngineRequest(int choice) => new()
        {
            RequestId = choice == 0 ? request.RequestId : $"{request.RequestId}/{choice}",
            Prompt = prompt,
            Sampling = request.Sampling with
            {
                Seed = request.Sampling.Seed + choice,
                Constraint = tools?.Constraint ?? request.Sampling.Constraint,
            },
            CacheSalt = CacheSalt,
            ShowsSpecialTokens = tools?.NeedsSpecialTokens == true,
        };
    }

    public Task<ReplicaDescriptor> DescribeAsync() => Task.FromResult(models.Describe(Model()));

    // Everybody of an installation shares prefixes; never what a caller says. ServiceId outlives restarts, as KV on disk does.
    private string CacheSalt => cluster.Value.ServiceId;

    private LocalModel Model() =>
        ShardKey.TryParse(this.GetPrimaryKeyString(), out var key) && models.Find(key.Value.Model) is { } model
            ? model
            : throw new GranaryException(ErrorCode.Unavailable, "The silo that was asked does not serve the model any more. Try again.", "model");
}
