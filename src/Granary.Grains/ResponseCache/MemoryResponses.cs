using Granary.Serving;

namespace Granary.ResponseCache;

/// <summary>Answers in this silo's memory; the least recently used ones go first.</summary>
internal sealed class MemoryResponses(long maxBytes, TimeProvider time)
{
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

    public TokenFrame[]? Find(string hash)
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
            return node.Value.Outputs;
        }
    }

    public void Add(string hash, TokenFrame[] outputs, int bytes, DateTimeOffset expiresAt)
    {
        if (bytes > maxBytes)
        {
            return;
        }

        lock (_lock)
        {
            if (_entries.TryGetValue(hash, out var old))
            {
                Remove(old);
            }

            _entries[hash] = _byUse.AddFirst(new Entry(hash, outputs, bytes, expiresAt));
            _bytes += bytes;
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

    private sealed record Entry(string Hash, TokenFrame[] Outputs, int Bytes, DateTimeOffset ExpiresAt);
}
