namespace Granary.Engine.Kv;

/// <summary>Small numbers in order of use, as a doubly linked list in two arrays that grow with the largest number: moving one allocates nothing.</summary>
internal sealed class LruList
{
    private const int None = -1;

    private int[] _before = new int[16];
    private int[] _after = new int[16];
    private int _first = None;

    /// <summary>The least recently used one, or −1.</summary>
    public int Last { get; private set; } = None;

    /// <summary>The one used next after this one, or −1.</summary>
    public int Before(int index) => _before[index];

    /// <summary>Adds the most recently used one.</summary>
    public void AddFront(int index)
    {
        if (index >= _before.Length)
        {
            Array.Resize(ref _before, Math.Max(index + 1, 2 * _before.Length));
            Array.Resize(ref _after, _before.Length);
        }

        _before[index] = None;
        _after[index] = _first;
        if (_first == None)
        {
            Last = index;
        }
        else
        {
            _before[_first] = index;
        }

        _first = index;
    }

    /// <summary>Takes one out.</summary>
    public void Remove(int index)
    {
        (int before, int after) = (_before[index], _after[index]);
        if (before == None)
        {
            _first = after;
        }
        else
        {
            _after[before] = after;
        }

        if (after == None)
        {
            Last = before;
        }
        else
        {
            _before[after] = before;
        }
    }

    /// <summary>Makes one the most recently used.</summary>
    public void MoveToFront(int index)
    {
        Remove(index);
        AddFront(index);
    }
}
