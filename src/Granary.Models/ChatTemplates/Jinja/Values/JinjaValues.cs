namespace Granary.Models.ChatTemplates.Jinja.Values;

// A value is null (None), bool, long, double, string, JinjaList, JinjaDict, JinjaNamespace, JinjaUndefined or JinjaFunction.
// There is no way from any of them to an object of the host.

/// <summary>A list or a tuple. Templates cannot change it.</summary>
internal sealed class JinjaList(IReadOnlyList<object?> items, bool isTuple = false)
{
    public IReadOnlyList<object?> Items { get; } = items;

    public bool IsTuple { get; } = isTuple;
}

/// <summary>A dictionary that keeps the order of insertion. Templates cannot change it.</summary>
internal sealed class JinjaDict
{
    private readonly Dictionary<object, int> _index = [];
    private readonly List<KeyValuePair<object?, object?>> _items = [];

    public IReadOnlyList<KeyValuePair<object?, object?>> Items => _items;

    public void Set(object? key, object? value)
    {
        if (_index.TryGetValue(Key(key), out var at))
        {
            _items[at] = new(_items[at].Key, value);
            return;
        }

        _index.Add(Key(key), _items.Count);
        _items.Add(new(key, value));
    }

    public bool TryGet(object? key, out object? value)
    {
        var found = _index.TryGetValue(Key(key), out var at);
        value = found ? _items[at].Value : null;
        return found;
    }

    /// <summary>Python takes 1, 1.0 and True for the same key.</summary>
    private static object Key(object? key) => key switch
    {
        null => DBNull.Value,
        bool b => b ? 1L : 0L,
        double d when d == Math.Floor(d) && Math.Abs(d) < 1e15 => (long)d,
        string or long or double => key,
        _ => throw new JinjaException("a dictionary key must be a string, a number, a boolean or none"),
    };
}

/// <summary>What <c>namespace()</c> makes: the one thing whose attributes a template may set.</summary>
internal sealed class JinjaNamespace
{
    public Dictionary<string, object?> Values { get; } = new(StringComparer.Ordinal);
}

/// <summary>A name or attribute that is not there. Prints as nothing; using it is an error.</summary>
internal sealed class JinjaUndefined(string what)
{
    public string What { get; } = what;

    public JinjaException Error() => new($"{What} is undefined");
}

/// <summary>Something that can be called.</summary>
internal sealed class JinjaFunction(string name, Func<Arguments, object?> invoke)
{
    public string Name { get; } = name;

    public Func<Arguments, object?> Invoke { get; } = invoke;
}
