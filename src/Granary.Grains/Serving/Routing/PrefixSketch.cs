namespace Granary.Serving;

/// <summary>
/// The block hashes that were sent to a replica last: what it probably has cached. Bounded: two generations, of which the older one goes when the newer one is full, and what is seen again
/// moves to the newer one. Not safe for several threads.
/// </summary>
internal sealed class PrefixSketch(int capacity)
{
    private HashSet<ulong> _newer = [];
    private HashSet<ulong> _older = [];

    /// <summary>Hashes that it holds, at most twice its capacity.</summary>
    public int Count => _newer.Count + _older.Count;

    /// <summary>How many blocks of a chain are there, from its beginning on.</summary>
    public int Match(ReadOnlySpan<ulong> chain)
    {
        var length = 0;
        while (length < chain.Length && (_newer.Contains(chain[length]) || _older.Contains(chain[length])))
        {
            length++;
        }

        return length;
    }

    /// <summary>Notes that a chain was sent there.</summary>
    public void Add(ReadOnlySpan<ulong> chain)
    {
        foreach (var hash in chain)
        {
            if (_newer.Add(hash) && _newer.Count >= capacity)
            {
                (_newer, _older) = ([], _newer);
            }
        }
    }
}
