namespace Granary.Models.ChatTemplates.Jinja.Values;

/// <summary>The arguments of a call, filter or test.</summary>
internal sealed class Arguments(string callee, IReadOnlyList<object?> positional, IReadOnlyDictionary<string, object?> named)
{
    private static readonly Dictionary<string, object?> NoNames = [];

    public string Callee { get; } = callee;

    public IReadOnlyList<object?> Positional { get; } = positional;

    public IReadOnlyDictionary<string, object?> Named { get; } = named;

    public static Arguments Of(string callee, params object?[] positional) => new(callee, positional, NoNames);

    public bool Has(int index, string name) => index < Positional.Count || Named.ContainsKey(name);

    public object? Get(int index, string name, object? otherwise) =>
        index >= 0 && index < Positional.Count ? Positional[index] : Named.TryGetValue(name, out var value) ? value : otherwise;

    public object? Required(int index, string name) =>
        Has(index, name) ? Get(index, name, null) : throw new JinjaException($"{Callee}() needs the argument '{name}'");

    public string Text(int index, string name, string? otherwise = null) =>
        (Has(index, name) ? Get(index, name, null) : otherwise) switch
        {
            string text => text,
            null when otherwise is not null => otherwise,
            var value => throw new JinjaException($"{Callee}() needs a string for '{name}', not {Types.NameOf(value)}"),
        };

    public long Integer(int index, string name, long otherwise) => Get(index, name, otherwise) switch
    {
        long number => number,
        bool flag => flag ? 1 : 0,
        var value => throw new JinjaException($"{Callee}() needs a whole number for '{name}', not {Types.NameOf(value)}"),
    };

    /// <summary>The arguments after the first <paramref name="count"/>, for a filter or test that is called by name.</summary>
    public Arguments Skip(int count, string callee) => new(callee, [.. Positional.Skip(count)], Named);
}
