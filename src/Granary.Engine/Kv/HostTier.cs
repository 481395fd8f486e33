using Granary.Engine.Execution;

namespace Granary.Engine.Kv;

/// <summary>
/// KV blocks in host memory: one arena of equal places, found by hash, the least recently used one given up first. Memory
/// and bookkeeping grow with what is held, up to the capacity.
/// </summary>
/// <remarks>
/// Only the engine's thread calls it, but for <see cref="Data"/>: disk threads read and fill places that are pinned for
/// them. A place is free, then filled (pinned, not found by others), then present.
/// </remarks>
internal sealed class HostTier : IDisposable
{
    private readonly int _blockBytes;
    private readonly NativeBuffer _arena;
    private readonly Dictionary<BlockHash, int> _index = [];
    private readonly LruList _used = new();
    private readonly Stack<int> _free = new();
    private Place[] _places = new Place[16];
    private int _touched; // places from here on were never used

    /// <param name="bytes">Size of the arena; what is less than a block is not used.</param>
    /// <param name="blockBytes">Bytes of a block.</param>
    public HostTier(long bytes, int blockBytes)
    {
        _blockBytes = blockBytes;
        Capacity = (int)Math.Min(bytes / blockBytes, int.MaxValue / 2);
        _arena = new NativeBuffer(Math.Max(1, (long)Capacity * blockBytes)); // costs physical memory only where it is touched
    }

    /// <summary>Most blocks.</summary>
    public int Capacity { get; }

    /// <summary>Blocks held, those that are being filled included.</summary>
    public int Count => _index.Count;

    /// <summary>Called with each block that is given up: when it came and when it was last used, as it was told.</summary>
    public Action<long, long>? Evicted { get; set; }

    /// <summary>Finds a block, which is then the most recently used one.</summary>
    /// <param name="hash">Its hash.</param>
    /// <param name="now">Timestamp of this use.</param>
    /// <param name="place">Its place.</param>
    /// <param name="lastUse">Timestamp of the use before.</param>
    public bool TryUse(BlockHash hash, long now, out int place, out long lastUse)
    {
        if (!_index.TryGetValue(hash, out place) || _places[place].IsFilling)
        {
            lastUse = 0;
            return false;
        }

        lastUse = _places[place].LastUse;
        _places[place].LastUse = now;
        _used.MoveToFront(place);
        return true;
    }

    /// <summary>Whether a block is present.</summary>
    public bool Contains(BlockHash hash) => _index.TryGetValue(hash, out int place) && !_places[place].IsFilling;

    /// <summary>Whether somebody is filling a place for this block.</summary>
    public bool IsFilling(BlockHash hash) => _index.TryGetValue(hash, out int place) && _places[place].IsFilling;

    /// <summary>Takes a place for a block that is not held, giving up the least recently used one if it must. The place is pinned until <see cref="Publish"/> or <see cref="Discard"/>.</summary>
    /// <returns><see langword="false"/> when every place is pinned.</returns>
    public bool TryReserve(BlockHash hash, long now, out int place)
    {
        if (!_free.TryPop(out place) && !TryTouch(out place) && !TryEvict(out place))
        {
            return false;
        }

        _index.Add(hash, place);
        _places[place] = new Place { Hash = hash, Pins = 1, IsFilling = true, Created = now, LastUse = now };
        _used.AddFront(place);
        return true;
    }

    /// <summary>A place's bytes. Whoever touches them holds a pin.</summary>
    public Span<byte> Data(int place) => _arena.Span<byte>((long)place * _blockBytes, _blockBytes);

    /// <summary>Lets others find a place that was filled.</summary>
    public void Publish(int place)
    {
        _places[place].IsFilling = false;
        Unpin(place);
    }

    /// <summary>Frees a place that could not be filled.</summary>
    public void Discard(int place) => Free(place);

    /// <summary>Keeps a block where it is, for instance while it is written to disk.</summary>
    public void Pin(int place) => _places[place].Pins++;

    /// <summary>Undoes one <see cref="Pin"/>.</summary>
    public void Unpin(int place) => _places[place].Pins--;

    public void Dispose() => _arena.Dispose();

    private bool TryTouch(out int place)
    {
        place = _touched;
        if (place == Capacity)
        {
            return false;
        }

        if (place == _places.Length)
        {
            Array.Resize(ref _places, 2 * _places.Length);
        }

        _touched++;
        return true;
    }

    private bool TryEvict(out int place)
    {
        for (place = _used.Last; place >= 0; place = _used.Before(place))
        {
            if (_places[place].Pins == 0)
            {
                Evicted?.Invoke(_places[place].Created, _places[place].LastUse);
                Free(place);
                return _free.TryPop(out place);
            }
        }

        return false;
    }

    private void Free(int place)
    {
        _index.Remove(_places[place].Hash);
        _used.Remove(place);
        _places[place] = default;
        _free.Push(place);
    }

    private struct Place
    {
        public BlockHash Hash;
        public int Pins;
        public bool IsFilling;
        public long Created;
        public long LastUse;
    }
}
