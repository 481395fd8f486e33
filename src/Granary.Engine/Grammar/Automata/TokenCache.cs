namespace Granary.Engine.Grammar.Automata;

/// <summary>What was found about tokens, by what it depends on; the least recently used is given up. One thread at a time, but for <see cref="Clock"/>.</summary>
/// <param name="limitBytes">Bytes from which on it gives up.</param>
internal sealed class TokenCache(long limitBytes)
{
    private readonly Dictionary<Key, CachedTokens> _entries = [];
    private long _bytes;
    private long _clock;

    /// <summary>Rises with every use.</summary>
    public long Clock => Volatile.Read(ref _clock);

    /// <summary>What is known under a key, or what <paramref name="find"/> gives.</summary>
    public T GetOrAdd<T>(Key key, Func<T> find)
        where T : CachedTokens
    {
        if (!_entries.TryGetValue(key, out CachedTokens? found))
        {
            found = find();
            _entries.Add(key, found);
            _bytes += found.Bytes;
        }

        found.LastUse = ++_clock;
        return (T)found;
    }

    /// <summary>Gives up what was not used for longest, if it is too much: a quarter at once, so that it is rare.</summary>
    public void Trim()
    {
        if (_bytes <= limitBytes)
        {
            return;
        }

        foreach ((Key key, CachedTokens oldest) in _entries.OrderBy(entry => entry.Value.LastUse).ToList())
        {
            if (_bytes <= limitBytes / 4 * 3)
            {
                return;
            }

            _entries.Remove(key);
            _bytes -= oldest.Bytes;
            oldest.Drop();
        }
    }

    /// <summary>Gives everything up.</summary>
    public void Clear()
    {
        foreach (CachedTokens entry in _entries.Values)
        {
            entry.Drop();
        }

        _entries.Clear();
        _bytes = 0;
    }

    /// <param name="Kind">What it is.</param>
    /// <param name="One">What it depends on: a state, or a set of tokens.</param>
    /// <param name="Other">And on what else.</param>
    /// <param name="Least">Fewest repetitions, where that matters.</param>
    /// <param name="Most">Most repetitions, where that matters.</param>
    public readonly record struct Key(Type Kind, object One, object? Other = null, int Least = 0, int Most = 0);
}
