using Granary.Models.ChatTemplates.Jinja.Runtime;
using Granary.Models.ChatTemplates.Jinja.Values;

namespace Granary.Models.ChatTemplates.Jinja.Library;

/// <summary>Attributes, items and methods of values.</summary>
internal static class Members
{
    /// <summary><c>target.name</c>: a method first, then an item.</summary>
    public static object? Attribute(object? target, string name, Operations operations) => target switch
    {
        JinjaUndefined undefined => throw undefined.Error(),
        JinjaNamespace space => space.Values.TryGetValue(name, out var value) ? value : new JinjaUndefined($"the namespace's '{name}'"),
        LoopVariable loop => loop.Attribute(name),
        JinjaDict dict => DictMethod(dict, name, operations) ?? (dict.TryGet(name, out var value) ? value : Missing(target, name)),
        string text => (object?)StringMethods.Find(text, name, operations) ?? Missing(target, name),
        JinjaList list => (object?)ListMethod(list, name, operations) ?? Missing(target, name),
        _ => Missing(target, name),
    };

    /// <summary><c>target[index]</c>: an item first, then a method.</summary>
    public static object? Item(object? target, object? index, Operations operations)
    {
        switch (target, index)
        {
            case (JinjaUndefined undefined, _): throw undefined.Error();
            case (JinjaDict dict, not (JinjaList or JinjaDict or JinjaUndefined or JinjaNamespace)) when dict.TryGet(index, out var value): return value;
            case (JinjaList list, long at):
                at += at < 0 ? list.Items.Count : 0;
                return at >= 0 && at < list.Items.Count ? list.Items[(int)at] : new JinjaUndefined($"item {index} of a list of {list.Items.Count}");
            case (string text, long at):
                var runes = operations.Iterate(text);
                at += at < 0 ? runes.Count : 0;
                return at >= 0 && at < runes.Count ? runes[(int)at] : new JinjaUndefined($"character {index} of a string of {runes.Count}");
            case (_, string name): return Attribute(target, name, operations);
            default: return new JinjaUndefined($"item {operations.Str(index)} of {Types.NameOf(target)}");
        }
    }

    private static JinjaUndefined Missing(object? target, string name) => new($"'{name}' of {Types.NameOf(target)}");

    private static JinjaFunction? DictMethod(JinjaDict dict, string name, Operations operations) => name switch
    {
        "items" => new(name, _ => Pairs(dict, operations)),
        "keys" => new(name, _ => new JinjaList(operations.Iterate(dict))),
        "values" => new(name, _ => new JinjaList([.. dict.Items.Select(i => i.Value)])),
        "get" => new(name, a => dict.TryGet(a.Required(0, "key"), out var value) ? value : a.Get(1, "default", null)),
        "copy" => new(name, _ => dict),
        "update" or "pop" or "setdefault" or "clear" or "popitem" => new(name, _ => throw Immutable(name)),
        _ => null,
    };

    public static JinjaList Pairs(JinjaDict dict, Operations operations)
    {
        operations.Budget.Charge(dict.Items.Count);
        return new([.. dict.Items.Select(i => new JinjaList([i.Key, i.Value], isTuple: true))]);
    }

    private static JinjaFunction? ListMethod(JinjaList list, string name, Operations operations) => name switch
    {
        "index" => new(name, a => (long)IndexOf(list, a.Required(0, "value"), operations)),
        "count" => new(name, a => list.Items.LongCount(i => operations.Equals(i, a.Required(0, "value")))),
        "copy" => new(name, _ => list),
        "append" or "extend" or "insert" or "pop" or "remove" or "clear" or "reverse" or "sort" => new(name, _ => throw Immutable(name)),
        _ => null,
    };

    private static int IndexOf(JinjaList list, object? value, Operations operations)
    {
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (operations.Equals(list.Items[i], value))
            {
                return i;
            }
        }

        throw new JinjaException("index() did not find the value");
    }

    private static JinjaException Immutable(string method) =>
        new($"{method}() would change a value, which chat templates cannot do; make a new one with + or use a namespace");
}
