namespace Granary.ResponseCache;

/// <summary>Answers in this silo's memory; the least recently used ones go first. They are kept as bytes, of which there are as many as are counted; objects would take several times that.</summary>
/// <param name="maxBytes">Most bytes of all answers together, with what it takes to find them.</param>
/// <param name="time">The clock.</param>
internal sealed class MemoryResponses(long maxBytes, TimeProvider time)
{
    /// <summary>What an entry takes beside its answer: its hash (64 characters of two bytes), its places in the table and the list, and the headers of these objects.</summary>
    public const int EntryBytes = 400;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byUse = new(); // the last one used is first
    private long _bytes;

    /// <summary>Answers that are kept.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>An answer's outputs, encoded; <see langword="null"/> if there is none.</summary>
    public byte[]? Find(string hash)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(hash, out var node))
            {
                return null;
            }

            if (node.Value.ExpiresAt <= time.GetUtcNow())
            {
                Remove(node);
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Answer;
        }
    }

    /// <summary>Keeps an answer; one that is larger than everything together is not kept.</summary>
    public void Add(string hash, byte[] answer, DateTimeOffset expiresAt)
    {
        var entry = new Entry(hash, answer, expiresAt);
        if (entry.Bytes > maxBytes)
        {
            return;
        }

        lock (_lock)
        {
            if (_entries.TryGetValue(hash, out var old))
            {
                Remove(old);
            }

            _entries[hash] = _byUse.AddFirst(entry);
            _bytes += entry.Bytes;
            while (_bytes > maxBytes)
            {
                Remove(_byUse.Last!);
            }
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.Hash);
        _bytes -= node.Value.Bytes;
    }

    private sealed record Entry(string Hash, byte[] Answer, DateTimeOffset ExpiresAt)
    {
        public int Bytes => Answer.Length + EntryBytes;
    }
}
