namespace Granary.Engine.Kv;

/// <summary>Which blocks are on disk, in order of use. The engine's thread asks, disk threads write; every call is short and under one lock.</summary>
internal sealed class DiskIndex(int fileBytes, long limitBytes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<BlockHash, LinkedListNode<BlockHash>> _nodes = [];
    private readonly LinkedList<BlockHash> _used = new(); // most recently used first

    /// <summary>Blocks on disk.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _nodes.Count;
            }
        }
    }

    /// <summary>Bytes of the files.</summary>
    public long Bytes => (long)Count * fileBytes;

    /// <summary>Whether a block is on disk.</summary>
    public bool Contains(BlockHash hash)
    {
        lock (_lock)
        {
            return _nodes.ContainsKey(hash);
        }
    }

    /// <summary>How many of these blocks are on disk before the first that is not.</summary>
    public int CountPrefix(ReadOnlySpan<BlockHash> hashes)
    {
        lock (_lock)
        {
            int count = 0;
            while (count < hashes.Length && _nodes.ContainsKey(hashes[count]))
            {
                count++;
            }

            return count;
        }
    }

    /// <summary>Notes a block that is on disk now, as the most recently used one.</summary>
    public void Add(BlockHash hash)
    {
        lock (_lock)
        {
            if (!_nodes.ContainsKey(hash))
            {
                _nodes.Add(hash, _used.AddFirst(hash));
            }
        }
    }

    /// <summary>Notes a use.</summary>
    public void Use(BlockHash hash)
    {
        lock (_lock)
        {
            if (_nodes.TryGetValue(hash, out LinkedListNode<BlockHash>? node))
            {
                _used.Remove(node);
                _used.AddFirst(node);
            }
        }
    }

    /// <summary>Forgets a block.</summary>
    public void Remove(BlockHash hash)
    {
        lock (_lock)
        {
            if (_nodes.Remove(hash, out LinkedListNode<BlockHash>? node))
            {
                _used.Remove(node);
            }
        }
    }

    /// <summary>Takes the least recently used block out if so many more files would be over the limit.</summary>
    public bool TryEvict(int more, out BlockHash hash)
    {
        lock (_lock)
        {
            hash = default;
            if ((long)(_nodes.Count + more) * fileBytes <= limitBytes || _used.Last is not { } last)
            {
                return false;
            }

            hash = last.Value;
            _used.RemoveLast();
            return _nodes.Remove(hash);
        }
    }
}
