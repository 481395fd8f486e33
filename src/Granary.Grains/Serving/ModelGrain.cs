using Granary.Clustering;

namespace Granary.Serving;

/// <summary>The replicas of one model, as their silos report them; a silo that is silent for <see cref="Expiry"/> no longer serves it.</summary>
[GrainType("model")]
[ServingSilosPlacementFilter]
internal sealed class ModelGrain(TimeProvider timeProvider) : Grain, IModelGrain
{
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(7);

    private readonly Dictionary<string, Report> _reports = new(StringComparer.Ordinal);
    private readonly DateTimeOffset _since = timeProvider.GetUtcNow();
    private ServedModel? _registered;
    private long _registeredAt;

    public async Task ReportAsync(ReplicaDescriptor replica)
    {
        _reports[replica.ShardKey] = new Report(replica, timeProvider.GetTimestamp());
        await RegisterAsync();
    }

    public async Task WithdrawAsync(string shardKey)
    {
        if (_reports.Remove(shardKey))
        {
            await RegisterAsync();
        }
    }

    public Task<ReplicaDescriptor[]> GetReplicasAsync()
    {
        Expire();
        return Task.FromResult(_reports.Values.Select(report => report.Replica).OrderBy(replica => replica.ShardKey, StringComparer.Ordinal).ToArray());
    }

    /// <summary>Tells the registry, at once when the number of replicas changed and otherwise as a heartbeat.</summary>
    private async Task RegisterAsync()
    {
        Expire();
        var model = new ServedModel
        {
            Name = this.GetPrimaryKeyString(),
            Since = _since,
            MaxPositions = _reports.Count == 0 ? _registered?.MaxPositions ?? 0 : _reports.Values.Min(report => report.Replica.MaxPositions),
            Replicas = _reports.Count,
        };
        if (model == _registered && timeProvider.GetElapsedTime(_registeredAt) < ModelRegistryGrain.Heartbeat)
        {
            return;
        }

        await GrainFactory.GetGrain<IModelRegistryGrain>(IModelRegistryGrain.Key).RegisterAsync(model);
        _registered = model;
        _registeredAt = timeProvider.GetTimestamp();
    }

    private void Expire()
    {
        foreach (var (key, report) in _reports)
        {
            if (timeProvider.GetElapsedTime(report.At) > Expiry)
            {
                _reports.Remove(key);
            }
        }
    }

    private sealed record Report(ReplicaDescriptor Replica, long At);
}
