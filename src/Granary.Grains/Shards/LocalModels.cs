using System.Collections.Concurrent;
using Granary.Clustering;
using Granary.Engine;
using Granary.Profiles;
using Granary.Serving;
using Microsoft.Extensions.Options;

namespace Granary.Shards;

/// <summary>The models that this silo serves. Written by <see cref="ModelServingService"/> and deployments, read by shards.</summary>
internal sealed class LocalModels(LocalSilo silo, LocalDrain drain, LocalProfile profile, IOptions<RoutingOptions> routing, IOptions<EngineOptions> engine) : ILocalReplicas, IRunningWork
{
    private readonly ConcurrentDictionary<string, LocalModel> _models = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _retired = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _keys = new(StringComparer.Ordinal);

    public IEnumerable<LocalModel> All => _models.Values;

    /// <summary>Sequences that run or wait here.</summary>
    public int Generations => _models.Values.Sum(model => model.Engine.Status is var status ? status.Running + status.Waiting : 0);

    int IRunningWork.Count => Generations;

    public LocalModel? Find(string name) => _models.GetValueOrDefault(name);

    /// <summary>Key of the shard that this silo has, or had, of a model; <see langword="null"/> if it never told of one.</summary>
    public string? KeyOf(string name) => _keys.GetValueOrDefault(name);

    ReplicaDescriptor? ILocalReplicas.Find(string model) => Find(model) is { Engine.Status.IsStuck: false } found ? Describe(found) : null;

    public void Add(LocalModel model) => _models[model.Manifest.Name] = model;

    /// <summary>What runs may end; others are asked for what is new.</summary>
    public void Retire(string name) => _retired[name] = true;

    public LocalModel? Remove(string name)
    {
        _retired.TryRemove(name, out _);
        return _models.TryRemove(name, out var model) ? model : null;
    }

    public ReplicaDescriptor Describe(LocalModel model)
    {
        var status = model.Engine.Status;
        return new ReplicaDescriptor
        {
            Model = model.Manifest.Name,
            Fingerprint = model.Manifest.Fingerprint,
            ShardKey = _keys.GetOrAdd(model.Manifest.Name, static (name, silo) => new ShardKey(name, silo).ToString(), silo.Address),
            Silo = silo.Name,
            Zone = silo.Zone,
            MaxPositions = model.Manifest.MaxPositions,
            Running = status.Running,
            Waiting = status.Waiting,
            IsDraining = drain.IsDraining || _retired.ContainsKey(model.Manifest.Name),
            Slots = status.Slots,
            Weight = Weight(),
            ContextTokens = model.Engine.ContextTokens,
            UsualOutputTokens = model.UsualOutputTokens(engine.Value),
        };
    }

    // What the host computes says nothing of a GPU.
    private double Weight() => routing.Value.Weight > 0 ? routing.Value.Weight : profile.Current is { DeviceKind: "cpu" } measured ? measured.MatMulFlops : 0;
}
