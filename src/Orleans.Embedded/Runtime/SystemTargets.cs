using System.Collections.Concurrent;
using Orleans.Runtime.Messaging;

namespace Orleans.Runtime;

/// <summary>The parts of the runtime that other silos call, each under a fixed id. Their calls run on the thread pool, all at once.</summary>
internal sealed class SystemTargets(SiloRuntime silo)
{
    private readonly ConcurrentDictionary<GrainType, object> _targets = new();
    private readonly ConcurrentDictionary<(Type, SiloAddress), object> _references = new();

    public void Add<TTarget>(TTarget target)
        where TTarget : class, IGrainObserver => _targets[TypeOf(typeof(TTarget))] = target;

    /// <summary>The part at a silo; this silo's own is called directly.</summary>
    public TTarget Get<TTarget>(SiloAddress address)
        where TTarget : class, IGrainObserver
    {
        if (address.Equals(silo.Address))
        {
            return (TTarget)_targets[TypeOf(typeof(TTarget))];
        }

        return (TTarget)_references.GetOrAdd((typeof(TTarget), address), static (key, factory) =>
            factory.CreateReference(key.Item1, SystemIds.Create(TypeOf(key.Item1), key.Item2)), silo.GrainFactory);
    }

    public void Deliver(Message message)
    {
        if (message.Target.Type == ObserverRegistry.ObserverType)
        {
            silo.Observers.Deliver(message);
        }
        else if (_targets.TryGetValue(message.Target.Type, out var target))
        {
            _ = CleanContext.Run((silo, message, target), static state => Task.Run(() => state.silo.Calls.RunAsync(state.message, state.target)));
        }
        else
        {
            silo.Calls.Reject(message, new OrleansMessageRejectionException($"This silo has no {message.Target.Type}."));
        }
    }

    private static GrainType TypeOf(Type type) => GrainType.Create("sys." + type.Name);
}
