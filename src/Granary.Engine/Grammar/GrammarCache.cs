namespace Granary.Engine.Grammar;

/// <summary>
/// The grammars used last, by whom and by what they were compiled from. Requests for one that is being compiled wait for it. Owners share nothing, and whoever uses many displaces his own. Thread-safe.
/// </summary>
/// <param name="capacity">Grammars of all owners; beyond, the one that has the most loses one.</param>
/// <param name="capacityOfOwner">Grammars of one owner.</param>
internal sealed class GrammarCache(int capacity, int capacityOfOwner)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Entry> _order = []; // used last comes first
    private readonly Dictionary<(string Owner, string Key), LinkedListNode<Entry>> _entries = [];

    /// <summary>Whether an owner's grammar of a key is compiled.</summary>
    public bool Has(string owner, string key)
    {
        lock (_lock)
        {
            return _entries.TryGetValue((owner, key), out LinkedListNode<Entry>? node) && node.Value.Grammar.IsValueCreated;
        }
    }

    /// <summary>An owner's grammar of a key, compiled if it is not there. One that cannot be compiled is not remembered.</summary>
    public CompiledGrammar GetOrAdd(string owner, string key, Func<CompiledGrammar> compile)
    {
        LinkedListNode<Entry>? node;
        lock (_lock)
        {
            if (_entries.TryGetValue((owner, key), out node))
            {
                _order.Remove(node);
                _order.AddFirst(node);
            }
            else
            {
                node = _entries[(owner, key)] = new LinkedListNode<Entry>(new Entry(owner, key, new Lazy<CompiledGrammar>(compile)));
                _order.AddFirst(node);
                MakeRoom(owner);
            }
        }

        try
        {
            return node.Value.Grammar.Value;
        }
        catch
        {
            lock (_lock)
            {
                Remove(node);
            }

            throw;
        }
    }

    private void MakeRoom(string owner)
    {
        if (_order.Count(entry => entry.Owner == owner) > capacityOfOwner)
        {
            RemoveLastOf(owner);
        }
        else if (_order.Count > capacity)
        {
            RemoveLastOf(_order.Reverse().GroupBy(static entry => entry.Owner, StringComparer.Ordinal).MaxBy(static grammars => grammars.Count())!.Key);
        }
    }

    private void RemoveLastOf(string owner)
    {
        LinkedListNode<Entry>? node = _order.Last;
        while (node!.Value.Owner != owner)
        {
            node = node.Previous;
        }

        Remove(node);
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        if (node.List is not null)
        {
            _order.Remove(node);
            _entries.Remove((node.Value.Owner, node.Value.Key));
        }
    }

    private sealed record Entry(string Owner, string Key, Lazy<CompiledGrammar> Grammar);
}
