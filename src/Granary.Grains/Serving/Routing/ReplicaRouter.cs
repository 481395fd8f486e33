using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Granary.Errors;
using Granary.Clustering;
using Granary.Shards;
using Microsoft.Extensions.Logging;

namespace Granary.Serving;

/// <summary>Chooses a replica, asks it, and asks another one if it fails before its first tokens.</summary>
internal sealed partial class ReplicaRouter(
    IGrainFactory grains,
    ReplicaDirectory directory,
    LocalGenerations local,
    RoutingPolicies policies,
    ReplicaLoads loads,
    RoutingMetrics metrics,
    ServingSilos serving,
    TimeProvider timeProvider,
    ILogger<ReplicaRouter> logger) : IReplicaRouter
{
    // Heartbeats come more often: whoever gives none for so long, and is then left, is not the first choice of others.
    private static readonly TimeSpan Silence = 2 * Heartbeats.Period;

    // Microsoft's engine looks the interface up by reflection whenever a reference is made. As many as there were replicas.
    private readonly ConcurrentDictionary<string, IShardGrain> _shards = new(StringComparer.Ordinal);

    public Task RequireServedAsync(string model) => GrainErrors.GuardAsync(() => directory.GetAsync(model));

    public async IAsyncEnumerable<ReplicaOutput> GenerateAsync(
        string model, GenerateRequest request, string? avoid = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        HashSet<string>? refused = request.MoveFrom is { } from ? new(StringComparer.Ordinal) { from } : null;
        GranaryException? refusal = null;
        while (true)
        {
            var replica = await ChooseAsync(model, request, refused, avoid)
                ?? throw refusal ?? new GranaryException(ErrorCode.Unavailable, $"No replica of model '{model}' is up at the moment. Try again in a few seconds.", "model");
            var isAnswering = false;
            loads.Sent(replica.ShardKey);
            var asked = timeProvider.GetTimestamp();
            try
            {
                var frames = FramesOf(replica, request, cancellationToken);
                await using var frame = frames.GetAsyncEnumerator(cancellationToken);
                while (true)
                {
                    bool any;
                    var waits = timeProvider.GetTimestamp();
                    try
                    {
                        (any, refusal) = (await frame.MoveNextAsync().ConfigureAwait(false), null);
                    }
                    catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
                    {
                        (any, refusal) = (false, Refusal(exception, replica, isAnswering));
                    }
                    catch when (timeProvider.GetElapsedTime(waits) > Silence)
                    {
                        directory.Suspect(replica);
                        throw;
                    }

                    if (refusal is not null)
                    {
                        break;
                    }

                    // A heartbeat comes from a replica that may still refuse.
                    if (!isAnswering && !(any && frame.Current.IsHeartbeat))
                    {
                        isAnswering = true;
                        loads.Answered(replica.ShardKey, timeProvider.GetElapsedTime(asked));
                        yield return new ReplicaOutput(replica, null);
                    }

                    if (!any)
                    {
                        yield break;
                    }

                    yield return new ReplicaOutput(null, frame.Current);
                }
            }
            finally
            {
                loads.Left(replica.ShardKey);
            }

            (refused ??= new(StringComparer.Ordinal)).Add(replica.ShardKey);
            LogRefused(replica.ShardKey, refusal.Code.Name());
        }
    }

    // A message for every token is worth sparing where there is nobody between.
    private IAsyncEnumerable<TokenFrame> FramesOf(ReplicaDescriptor replica, GenerateRequest request, CancellationToken cancellationToken) => local.Has(replica)
        ? local.GenerateAsync(replica.Model, request, cancellationToken)
        : _shards.GetOrAdd(replica.ShardKey, static (key, grains) => grains.GetGrain<IShardGrain>(key), grains).GenerateAsync(request, cancellationToken);

    /// <summary>A failure before it answers that another replica may not have; others are thrown.</summary>
    private GranaryException Refusal(Exception exception, ReplicaDescriptor replica, bool isAnswering)
    {
        var error = GrainErrors.Translate(exception);
        if (error.Code == ErrorCode.Unavailable)
        {
            directory.Forget(replica);
        }

        return !isAnswering && error.Code is (ErrorCode.Unavailable or ErrorCode.Overloaded) ? error : throw error;
    }

    private async Task<ReplicaDescriptor?> ChooseAsync(string model, GenerateRequest request, HashSet<string>? refused, string? avoid)
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

        var candidates = replicas.Where(replica => refused?.Contains(replica.ShardKey) != true).ToList();
        Prefer(candidates, replica => replica.ShardKey != avoid);
        Prefer(candidates, TakesWork);
        if (candidates.Count == 0)
        {
            return null;
        }

        var policy = policies.Current;
        var chosen = policy.Choose(new RoutingContext(request, candidates.ConvertAll(loads.Describe))).Replica;
        metrics.Routed(policy.Name, chosen);
        return chosen;
    }

    /// <summary>Leaves those of which <paramref name="isBetter"/> is true, if there are any.</summary>
    private static void Prefer(List<ReplicaDescriptor> candidates, Func<ReplicaDescriptor, bool> isBetter)
    {
        if (candidates.Exists(candidate => isBetter(candidate)))
        {
            candidates.RemoveAll(candidate => !isBetter(candidate));
        }
    }

    // What operators decided is known here sooner than the next report.
    private bool TakesWork(ReplicaDescriptor replica) =>
        !replica.IsDraining && ShardKey.TryParse(replica.ShardKey, out var key) && serving.IsServing(key.Value.Silo);

    [LoggerMessage(2101, LogLevel.Information, "Replica {Shard} refused before its first token ({Reason}); trying another")]
    private partial void LogRefused(string shard, string reason);
}
