using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Orleans.Runtime.Messaging;

namespace Orleans.Runtime;

/// <summary>The activations of this silo.</summary>
internal sealed class Catalog(SiloRuntime silo)
{
    private readonly ConcurrentDictionary<GrainId, IMessageTarget> _targets = new();

    public IEnumerable<Activation> Activations => _targets.Values.SelectMany(static target =>
        target is StatelessWorkerSet set ? set.Workers : target is Activation activation ? [activation] : (IReadOnlyList<Activation>)[]);

    public int Count => _targets.Count;

    public bool TryGet(GrainId id, [NotNullWhen(true)] out IMessageTarget? target) => _targets.TryGetValue(id, out target);

    public Activation? Find(GrainId id) => _targets.GetValueOrDefault(id) as Activation;

    /// <summary>Delivers to the grain's activation here, making one if there is none.</summary>
    public void Deliver(Message message, GrainClassInfo info)
    {
        if (info.IsStatelessWorker)
        {
            while (!((StatelessWorkerSet)_targets.GetOrAdd(message.Target, static (id, state) => new StatelessWorkerSet(id, state.info, state.silo), (info, silo))).TryReceive(message))
            {
                // The set went between the look-up and the delivery; whoever removes it from the table is just about to.
            }

            return;
        }

        if (!_targets.TryGetValue(message.Target, out var target))
        {
            target = GetOrCreate(message.Target, info, message.Context, null, out _);
        }

        target.Receive(message);
    }

    /// <summary>The grain's activation here, begun if it is new.</summary>
    public IMessageTarget GetOrCreate(GrainId id, GrainClassInfo info, Dictionary<string, object>? context, RehydrationContext? rehydration, out bool isNew)
    {
        var activation = new Activation(id, info, silo, rehydration);
        var target = _targets.GetOrAdd(id, activation);
        isNew = ReferenceEquals(target, activation);
        if (isNew)
        {
            activation.Begin(context);
        }

        return target;
    }

    public void Remove(Activation activation)
    {
        if (_targets.TryGetValue(activation.GrainId, out var target) && target is StatelessWorkerSet set)
        {
            if (set.Remove(activation))
            {
                _targets.TryRemove(new(activation.GrainId, set));
            }

            return;
        }

        _targets.TryRemove(new(activation.GrainId, activation));
    }

    /// <summary>Ends activations that have idled for longer than their age.</summary>
    public void Collect(TimeSpan? age = null)
    {
        foreach (var activation in Activations)
        {
            if (activation.IdleTime > (age ?? activation.Info.CollectionAge) && (age is null || activation.Info.CollectionAge != TimeSpan.MaxValue))
            {
                activation.Deactivate(new(DeactivationReasonCode.ActivationIdle, "Nobody called."));
            }
        }
    }

    /// <summary>Ends all activations and waits until they have.</summary>
    public async Task DeactivateAllAsync(CancellationToken token)
    {
        while (!_targets.IsEmpty && !token.IsCancellationRequested)
        {
            var activations = Activations.ToArray();
            if (activations.Length == 0)
            {
                return;
            }

            foreach (var activation in activations)
            {
                activation.Deactivate(new(DeactivationReasonCode.ShuttingDown, "The silo stops."), token);
            }

            await Task.WhenAll(activations.Select(static activation => activation.Deactivated)).WaitAsync(token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Forgets all activations without telling them, as when the process dies.</summary>
    public void Abandon()
    {
        foreach (var activation in Activations.ToArray())
        {
            activation.Abandon();
        }

        _targets.Clear();
    }
}
