using System.Collections.Concurrent;
using System.Diagnostics;

namespace Granary.Engine.Kv;

/// <summary>Threads that work a bounded queue off.</summary>
/// <remarks>Threads of their own and not the pool: disks block for as long as they like.</remarks>
internal sealed class DiskWorker<T> : IDisposable
{
    private readonly BlockingCollection<T> _queue;
    private readonly Thread[] _threads;

    /// <param name="name">Of the threads.</param>
    /// <param name="threads">How many.</param>
    /// <param name="capacity">Most items that wait.</param>
    /// <param name="work">Must not throw.</param>
    public DiskWorker(string name, int threads, int capacity, Action<T> work)
    {
        _queue = new BlockingCollection<T>(capacity);
        _threads = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            foreach (T item in _queue.GetConsumingEnumerable())
            {
                work(item);
            }
        })
        {
            IsBackground = true,
            Name = name,
        })];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>Adds an item; never waits.</summary>
    /// <returns><see langword="false"/> when the queue is full.</returns>
    public bool TryAdd(T item) => _queue.TryAdd(item);

    /// <summary>Takes no more, and waits until all is done.</summary>
    /// <returns><see langword="false"/> when that takes longer.</returns>
    public bool TryFinish(TimeSpan within)
    {
        _queue.CompleteAdding();
        long start = Stopwatch.GetTimestamp();
        return Array.TrueForAll(_threads, thread =>
        {
            TimeSpan left = within - Stopwatch.GetElapsedTime(start);
            return thread.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        });
    }

    public void Dispose() => _queue.Dispose();
}
