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
    public async IAsyncEnumerable<TokenFrame> GenerateAsync(GenerateRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var model = Model();
        var prompt = await model.Prompts.EncodeAsync(request, cancellationToken);
        var engineRequest = new EngineRequest { RequestId = request.RequestId, Prompt = prompt, Sampling = request.Sampling, CacheSalt = CacheSalt };
        await foreach (var output in model.Engine.GenerateAsync(engineRequest, cancellationToken))
        {
            yield return new TokenFrame
            {
                FirstIndex = output.FirstIndex,
                Tokens = output.Tokens,
                Text = output.Text,
                FinishReason = output.FinishReason,
                Usage = output.Usage,
            };
        }
    }

    public Task<ReplicaDescriptor> DescribeAsync() => Task.FromResult(models.Describe(Model()));

    // Everybody of an installation shares prefixes; never what a caller says. ServiceId outlives restarts, as KV on disk does.
    private string CacheSalt => cluster.Value.ServiceId;

    private LocalModel Model() =>
        ShardKey.TryParse(this.GetPrimaryKeyString(), out var key) && models.Find(key.Value.Model) is { } model
            ? model
            : throw new GranaryException(ErrorCode.Unavailable, "The silo that was asked does not serve the model any more. Try again.", "model");
}
