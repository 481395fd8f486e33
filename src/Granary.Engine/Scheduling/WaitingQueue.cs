namespace Granary.Engine.Scheduling;

/// <summary>Sequences without a slot, by priority, then by arrival.</summary>
internal sealed class WaitingQueue
{
    private readonly PriorityQueue<Sequence, (int Priority, long Arrival)> _queue = new();
    private long _arrivals;

    public int Count => _queue.Count;

    public void Enqueue(Sequence sequence) => _queue.Enqueue(sequence, (sequence.Priority, _arrivals++));

    public bool TryDequeue(out Sequence sequence) => _queue.TryDequeue(out sequence!, out _);

    public void Remove(Sequence sequence) => _queue.Remove(sequence, out _, out _);
}
