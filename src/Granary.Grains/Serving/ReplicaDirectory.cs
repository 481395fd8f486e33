using System.Collections.Concurrent;
using Granary.Errors;

namespace Granary.Serving;

/// <summary>A silo's view of who serves what: its own replicas, and others' as the model grains know them, at most <see cref="MaxAge"/> old.</summary>
internal sealed class ReplicaDirectory(IGrainFactory grains, ILocalReplicas local, IServedModels served, TimeProvider timeProvider)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Replicas of a model, at least one.</summary>
    /// <exception cref="GranaryException"><c>model_not_found</c> or <c>unavailable</c>.</exception>
    public async Task<IReadOnlyList<ReplicaDescriptor>> GetAsync(string model)
    {
        if (_entries.TryGetValue(model, out var entry) && timeProvider.GetElapsedTime(entry.ReadAt) < MaxAge)
        {
            return entry.Replicas;
        }

        var replicas = WithOwn(model, await ReportedAsync(model));
        if (replicas.Length > 0)
        {
            _entries[model] = new Entry(replicas, timeProvider.GetTimestamp());
            return replicas;
        }

        throw await NotServedAsync(model);
    }

    /// <summary>A replica did not answer: forget it until it reports again.</summary>
    public async Task ForgetAsync(ReplicaDescriptor replica)
    {
        _entries.TryRemove(replica.Model, out _);
        await grains.GetGrain<IModelGrain>(replica.Model).WithdrawAsync(replica.ShardKey);
    }

    private async Task<ReplicaDescriptor[]> ReportedAsync(string model)
    {
        try
        {
            return await grains.GetGrain<IModelGrain>(model).GetReplicasAsync();
        }
        catch (Exception exception) when (local.Find(model) is not null && GrainErrors.Translate(exception).Code == ErrorCode.Unavailable)
        {
            return []; // its silo died this moment; this silo can answer by itself
        }
    }

    // A model grain that has just moved away from a dead silo knows no replica until the next reports; this silo's own is there all the same.
    private ReplicaDescriptor[] WithOwn(string model, ReplicaDescriptor[] reported) =>
        local.Find(model) is { } own && !Array.Exists(reported, replica => replica.ShardKey == own.ShardKey) ? [.. reported, own] : reported;

    private async Task<GranaryException> NotServedAsync(string model)
    {
        var models = await served.ListAsync();
        if (models.Any(other => other.Name == model))
        {
            return new GranaryException(ErrorCode.Unavailable, $"No replica of model '{model}' is up at the moment. Try again in a few seconds.", "model");
        }

        var names = models.Count == 0 ? "No model is being served yet." : $"Served are: {string.Join(", ", models.Select(other => other.Name))}.";
        return new GranaryException(ErrorCode.ModelNotFound, $"Model '{model}' is not served. {names}", "model");
    }

    private sealed record Entry(ReplicaDescriptor[] Replicas, long ReadAt);
}
