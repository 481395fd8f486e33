using System.Collections.Concurrent;
using Orleans.Runtime.Messaging;

namespace Orleans.Runtime;

/// <summary>Objects outside of grains that others may call. They are held weakly; calls to one run one at a time, in order.</summary>
internal sealed class ObserverRegistry(SiloRuntime silo)
{
    public static readonly GrainType ObserverType = GrainType.Create("sys.observer");

    private readonly ConcurrentDictionary<GrainId, Observer> _observers = new();

    public GrainId Add(IGrainObserver observer)
    {
        if (observer is GrainReference)
        {
            throw new ArgumentException("The observer is a reference already.", nameof(observer));
        }

        var id = SystemIds.Create(ObserverType, silo.Address, Guid.NewGuid().ToString("N"));
        _observers[id] = new(silo, observer);
        return id;
    }

    public void Remove(GrainId id) => _observers.TryRemove(id, out _);

    public void Deliver(Message message)
    {
        if (!_observers.TryGetValue(message.Target, out var observer) || !observer.TryReceive(message))
        {
            _observers.TryRemove(message.Target, out _);
            silo.Calls.Reject(message, new OrleansMessageRejectionException($"The observer {message.Target} is gone."));
        }
    }

    private sealed class Observer(SiloRuntime silo, IGrainObserver target)
    {
        private readonly WeakReference<IGrainObserver> _target = new(target);
        private readonly Lock _lock = new();
        private Task _last = Task.CompletedTask;

        public bool TryReceive(Message message)
        {
            if (!_target.TryGetTarget(out var target))
            {
                return false;
            }

            lock (_lock)
            {
                // On the thread pool, free of the caller's scheduler and ambient values: the caller may be a grain's turn.
                var previous = _last;
                _last = CleanContext.Run(0, _ => Task.Run(() => RunAfterAsync(previous, message, target)));
            }

            return true;
        }

        private async Task RunAfterAsync(Task previous, Message message, IGrainObserver target)
        {
            await previous;
            await silo.Calls.RunAsync(message, target);
        }
    }
}
