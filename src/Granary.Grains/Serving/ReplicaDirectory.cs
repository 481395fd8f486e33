using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Granary.Deployments;
using Granary.Errors;

namespace Granary.Serving;

/// <summary>
/// A silo's view of who serves what: its own replicas, and others' as the model grains know them, at most <see cref="MaxAge"/> old unless a model grain is away. What this
/// silo found out about a replica by itself comes first: it is known before anybody reports it.
/// </summary>
internal sealed class ReplicaDirectory(IGrainFactory grains, ILocalReplicas local, IServedModels served, TimeProvider timeProvider)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    // A list this old still serves while a model grain moves away from a dead silo; older ones have replicas that nobody reports any more.
    private static readonly TimeSpan MaxStale = TimeSpan.FromSeconds(7);

    // A model that nobody serves for longer than this is not away, but gone.
    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(30);

    // How long a new list is waited for where there is an old one.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    // Replicas report every two seconds: one that is well again is back by then.
    private static readonly TimeSpan SuspectFor = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<Entry?>>> _reading = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _suspects = new(StringComparer.Ordinal);

    /// <summary>Replicas of a model, at least one. Those that failed lately are among them only if there is no other.</summary>
    /// <exception cref="GranaryException"><c>model_not_found</c> or <c>unavailable</c>.</exception>
    public async Task<IReadOnlyList<ReplicaDescriptor>> GetAsync(string model)
    {
        await RequireKnownAsync(model);
        var known = _entries.GetValueOrDefault(model);
        if (known is null || Age(known) >= MaxAge)
        {
            known = await ReadAsync(model, known is not null && Age(known) < MaxStale ? known : null);
        }

        if (known is null)
        {
            throw await NotServedAsync(model);
        }

        var well = Array.FindAll(known.Replicas, replica => !IsSuspect(replica));
        return well.Length > 0 ? well : known.Replicas;
    }

    /// <summary>Returns unless nobody serves a model or is about to: what callers make up wakes no grain of its name, and begins no turn.</summary>
    /// <exception cref="GranaryException"><c>model_not_found</c>.</exception>
    public async Task RequireKnownAsync(string model)
    {
        if (WasServed(model) || local.Find(model) is not null)
        {
            return;
        }

        IReadOnlyList<ServedModel> models;
        try
        {
            models = await served.ListAsync();
            if (Has(models, model) || await IsDeployedAsync(model))
            {
                return;
            }
        }
        catch (Exception exception) when (GrainErrors.Translate(exception).Code == ErrorCode.Unavailable)
        {
            return; // while nobody can say what there is, nothing is unknown
        }

        // A registry that begins anew knows of nothing yet; the model's grain may know.
        if (models.Count > 0 || await ReadAsync(model, old: null) is null)
        {
            throw NotFound(model, models);
        }
    }

    /// <summary>A replica does not answer: it is chosen for nothing while there is another one, until it could have reported again.</summary>
    public void Suspect(ReplicaDescriptor replica) => _suspects[replica.ShardKey] = timeProvider.GetTimestamp();

    /// <summary>A replica is not there any more: others are told, too.</summary>
    public void Forget(ReplicaDescriptor replica)
    {
        Suspect(replica);
        _ = TellAsync(replica);
    }

    private async Task TellAsync(ReplicaDescriptor replica)
    {
        try
        {
            await grains.GetGrain<IModelGrain>(replica.Model).WithdrawAsync(replica.ShardKey);
        }
        catch (Exception)
        {
            // A replica that is gone reports no more, and drops out by that.
        }
    }

    /// <summary>Reads the list anew, once for all who ask; gives <paramref name="old"/> if that fails or takes long.</summary>
    [SuppressMessage("Usage", "VSTHRD011", Justification = "What it starts never waits for whom it serves.")]
    private async Task<Entry?> ReadAsync(string model, Entry? old)
    {
        var reading = _reading.GetOrAdd(model, name => new Lazy<Task<Entry?>>(() => ReadOnceAsync(name))).Value;
        if (old is null)
        {
            return await reading;
        }

        await Task.WhenAny(reading, Task.Delay(Patience, timeProvider));
        return reading.IsCompletedSuccessfully ? await reading ?? old : old;
    }

    private async Task<Entry?> ReadOnceAsync(string model)
    {
        try
        {
            var replicas = WithOwn(model, await ReportedAsync(model));
            return replicas.Length == 0 ? null : _entries[model] = new Entry(replicas, timeProvider.GetTimestamp());
        }
        finally
        {
            _reading.TryRemove(model, out _);
        }
    }

    private TimeSpan Age(Entry entry) => timeProvider.GetElapsedTime(entry.ReadAt);

    private bool IsSuspect(ReplicaDescriptor replica)
    {
        if (!_suspects.TryGetValue(replica.ShardKey, out var since))
        {
            return false;
        }

        if (timeProvider.GetElapsedTime(since) < SuspectFor)
        {
            return true;
        }

        _suspects.TryRemove(KeyValuePair.Create(replica.ShardKey, since));
        return false;
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
        if (Has(models, model) || (models.Count == 0 && WasServed(model)) || await IsDeployedAsync(model))
        {
            return new GranaryException(ErrorCode.Unavailable, $"No replica of model '{model}' is up at the moment. Try again in a few seconds.", "model");
        }

        return NotFound(model, models);
    }

    private static GranaryException NotFound(string model, IReadOnlyList<ServedModel> models)
    {
        var names = models.Count == 0 ? "No model is being served yet." : $"Served are: {string.Join(", ", models.Select(other => other.Name))}.";
        return new GranaryException(ErrorCode.ModelNotFound, $"Model '{model}' is not served. {names}", "model");
    }

    private static bool Has(IReadOnlyList<ServedModel> models, string model) => models.Any(other => other.Name == model);

    // Grains that begin anew after a zone died know of no model at all until silos report again.
    private bool WasServed(string model) => _entries.TryGetValue(model, out var known) && Age(known) < Forgotten;

    // Its only replica may be on its way to another silo.
    private async Task<bool> IsDeployedAsync(string model) =>
        (await grains.GetGrain<IDeploymentsGrain>(IDeploymentsGrain.Key).ListAsync()).Any(status => status.Plan.Model == model);

    private sealed record Entry(ReplicaDescriptor[] Replicas, long ReadAt);
}
