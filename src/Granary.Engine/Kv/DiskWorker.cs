using System.Collections.Concurrent;

namespace Granary.Engine.Kv;

/// <summary>A thread that works a bounded queue off.</summary>
/// <remarks>A thread of its own and not the pool: disks block for as long as they like.</remarks>
internal sealed class DiskWorker<T> : IDisposable
{
    private readonly BlockingCollection<T> _queue;
    private readonly Thread _thread;

    /// <param name="name">Of the thread.</param>
    /// <param name="capacity">Most items that wait.</param>
    /// <param name="work">Must not throw.</param>
    public DiskWorker(string name, int capacity, Action<T> work)
    {
        _queue = new BlockingCollection<T>(capacity);
        _thread = new Thread(() =>
        {
            foreach (T item in _queue.GetConsumingEnumerable())
            {
                work(item);
            }
        })
        {
            IsBackground = true,
            Name = name,
        };
        _thread.Start();
    }

    /// <summary>Adds an item; never waits.</summary>
    /// <returns><see langword="false"/> when the queue is full.</returns>
    public bool TryAdd(T item) => _queue.TryAdd(item);

    /// <summary>Takes no more, and waits until all is done.</summary>
    /// <returns><see langword="false"/> when that takes longer.</returns>
    public bool TryFinish(TimeSpan within)
    {
        _queue.CompleteAdding();
        return _thread.Join(within);
    }

    public void Dispose() => _queue.Dispose();
}
