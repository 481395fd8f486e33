using System.Collections.Concurrent;

namespace Granary.Engine.Output;

/// <summary>
/// Wakes the readers of a step's outputs together. Handing every reader to the thread pool alone costs the engine's thread a system call a
/// token, and the processors, which the next forward pass wants, a switch a token.
/// </summary>
/// <remarks>Used by the engine's thread alone. Groups are small, so that a reader that computes before it waits again delays few others.</remarks>
internal sealed class ReaderWaker
{
    private const int MaxGroup = 8;

    private readonly ConcurrentQueue<Group> _spare = new();
    private Group? _group;

    /// <summary>Adds a stream whose reader waits and was marked as woken.</summary>
    public void Add(OutputStream stream)
    {
        _group ??= _spare.TryDequeue(out Group? spare) ? spare : new Group(_spare);
        _group.Streams.Add(stream);
        if (_group.Streams.Count == MaxGroup)
        {
            Flush();
        }
    }

    /// <summary>Wakes all that were added.</summary>
    public void Flush()
    {
        if (_group is not null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_group, preferLocal: false);
            _group = null;
        }
    }

    private sealed class Group(ConcurrentQueue<Group> spare) : IThreadPoolWorkItem
    {
        public List<OutputStream> Streams { get; } = new(MaxGroup);

        public void Execute()
        {
            foreach (OutputStream stream in Streams)
            {
                stream.Resume();
            }

            Streams.Clear();
            spare.Enqueue(this);
        }
    }
}
