using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Granary.Errors;
using Granary.Clustering;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Serving;

/// <summary>Chooses a replica, asks it, and asks another one if it fails before its first frame.</summary>
internal sealed partial class ReplicaRouter(
    IGrainFactory grains,
    ReplicaDirectory directory,
    IEnumerable<IRoutingPolicy> policies,
    IOptions<RoutingOptions> options,
    LocalSilo silo,
    ILogger<ReplicaRouter> logger) : IReplicaRouter
{
    private readonly IRoutingPolicy _policy = policies.Last(policy => policy.Name == options.Value.Policy);

    // What this silo has running on each replica: reports are seconds old, and a burst would all go to the same one.
    private readonly ConcurrentDictionary<string, int> _inFlight = new(StringComparer.Ordinal);

    public Task RequireServedAsync(string model) => GrainErrors.GuardAsync(() => directory.GetAsync(model));

    public async IAsyncEnumerable<ReplicaOutput> GenerateAsync(
        string model, GenerateRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        HashSet<string>? refused = null;
        GranaryException? refusal = null;
        while (true)
        {
            var replica = await ChooseAsync(model, request, refused)
                ?? throw refusal ?? new GranaryException(ErrorCode.Unavailable, $"No replica of model '{model}' is up at the moment. Try again in a few seconds.", "model");
            _inFlight.AddOrUpdate(replica.ShardKey, 1, static (_, count) => count + 1);
            try
            {
                var frames = grains.GetGrain<IShardGrain>(replica.ShardKey).GenerateAsync(request, cancellationToken);
                await using var frame = frames.GetAsyncEnumerator(cancellationToken);
                bool any;
                (any, refusal) = await FirstAsync(frame, replica, cancellationToken);
                if (refusal is null)
                {
                    yield return new ReplicaOutput(replica, null);
                    for (; any; any = await frame.MoveNextAsync())
                    {
                        yield return new ReplicaOutput(null, frame.Current);
                    }

                    yield break;
                }
            }
            finally
            {
                _inFlight.AddOrUpdate(replica.ShardKey, 0, static (_, count) => Math.Max(0, count - 1));
            }

            (refused ??= new(StringComparer.Ordinal)).Add(replica.ShardKey);
            LogRefused(replica.ShardKey, refusal.Code.Name());
        }
    }

    /// <summary>Moves to the first frame. A failure that another replica may not have comes back as a refusal; others are thrown.</summary>
    private async Task<(bool Any, GranaryException? Refusal)> FirstAsync(
        IAsyncEnumerator<TokenFrame> frame, ReplicaDescriptor replica, CancellationToken cancellationToken)
    {
        try
        {
            return (await frame.MoveNextAsync(), null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            var error = GrainErrors.Translate(exception);
            if (error.Code == ErrorCode.Unavailable)
            {
                await directory.ForgetAsync(replica);
            }

            return error.Code is ErrorCode.Unavailable or ErrorCode.Overloaded ? (false, error) : throw error;
        }
    }

    private async Task<ReplicaDescriptor?> ChooseAsync(string model, GenerateRequest request, HashSet<string>? refused)
    {
        IReadOnlyList<ReplicaDescriptor> replicas;
        try
        {
            replicas = await directory.GetAsync(model);
        }
        catch (GranaryException) when (refused is not null)
        {
            return null;
        }

        var candidates = replicas.Where(replica => refused?.Contains(replica.ShardKey) != true).Select(WithOwnLoad).ToList();
        return candidates.Count == 0 ? null : _policy.Choose(new RoutingContext(candidates, silo.Name, silo.Zone, request.SessionId));
    }

    private ReplicaDescriptor WithOwnLoad(ReplicaDescriptor replica) =>
        _inFlight.TryGetValue(replica.ShardKey, out var own) && own > replica.Running + replica.Waiting
            ? replica with { Running = own - replica.Waiting }
            : replica;

    [LoggerMessage(2101, LogLevel.Information, "Replica {Shard} refused before its first token ({Reason}); trying another")]
    private partial void LogRefused(string shard, string reason);
}
