using Orleans.Runtime.Messaging;

namespace Orleans.Runtime;

/// <summary>The local activations of a stateless worker: a request goes to an idle one, else to a new one, else to the least loaded.</summary>
internal sealed class StatelessWorkerSet(GrainId grainId, GrainClassInfo info, SiloRuntime silo) : IMessageTarget
{
    private readonly Lock _lock = new();
    private readonly List<Activation> _workers = [];
    private bool _isRemoved;

    public IReadOnlyList<Activation> Workers
    {
        get
        {
            lock (_lock)
            {
                return [.. _workers];
            }
        }
    }

    public void Receive(Message message) => silo.Catalog.Deliver(message, info);

    /// <summary>Takes a request; false when the last worker has gone and the set with it.</summary>
    public bool TryReceive(Message message)
    {
        Activation? worker;
        lock (_lock)
        {
            if (_isRemoved)
            {
                return false;
            }

            worker = _workers.Find(static candidate => candidate.IsIdle);
            if (worker is null && _workers.Count < info.MaxLocalWorkers)
            {
                worker = new(grainId, info, silo);
                _workers.Add(worker);
                worker.Begin(message.Context);
            }

            worker ??= _workers.MinBy(static candidate => candidate.Load)!;
        }

        worker.Receive(message);
        return true;
    }

    public void Cancel(long id, SiloAddress origin)
    {
        foreach (var worker in Workers)
        {
            worker.Cancel(id, origin);
        }
    }

    /// <summary>Forgets a worker; true when none is left, and then the set takes nothing any more.</summary>
    public bool Remove(Activation worker)
    {
        lock (_lock)
        {
            _workers.Remove(worker);
            return _isRemoved = _workers.Count == 0;
        }
    }
}
