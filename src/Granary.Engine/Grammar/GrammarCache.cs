namespace Granary.Engine.Grammar;

/// <summary>The grammars used last, by what they were compiled from. Requests for one that is being compiled wait for it. Thread-safe.</summary>
internal sealed class GrammarCache(int capacity)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Entry> _order = []; // used last comes first
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);

    /// <summary>Whether the grammar of a key is compiled.</summary>
    public bool Has(string key)
    {
        lock (_lock)
        {
            return _entries.TryGetValue(key, out LinkedListNode<Entry>? node) && node.Value.Grammar.IsValueCreated;
        }
    }

    /// <summary>The grammar of a key, compiled if it is not there. One that cannot be compiled is not remembered.</summary>
    public CompiledGrammar GetOrAdd(string key, Func<CompiledGrammar> compile)
    {
        LinkedListNode<Entry>? node;
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out node))
            {
                _order.Remove(node);
            }
            else
            {
                node = _entries[key] = new LinkedListNode<Entry>(new Entry(key, new Lazy<CompiledGrammar>(compile)));
            }

            _order.AddFirst(node);
            if (_order.Count > capacity)
            {
                Remove(_order.Last!);
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

    private void Remove(LinkedListNode<Entry> node)
    {
        if (node.List is not null)
        {
            _order.Remove(node);
            _entries.Remove(node.Value.Key);
        }
    }

    private sealed record Entry(string Key, Lazy<CompiledGrammar> Grammar);
}
