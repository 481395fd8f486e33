using Granary.Models.ChatTemplates.Jinja.Runtime;
using Granary.Models.ChatTemplates.Jinja.Values;

namespace Granary.Models.ChatTemplates.Jinja.Library;

/// <summary>Filters over lists and dictionaries.</summary>
internal sealed class ListFilters(Operations operations)
{
    public bool TryApply(string name, object? value, Arguments arguments, out object? result)
    {
        result = name switch
        {
            "join" => Join(value, arguments),
            "first" => Items(value) is [var first, ..] ? first : new JinjaUndefined("the first item of an empty list"),
            "last" => Items(value) is [.., var last] ? last : new JinjaUndefined("the last item of an empty list"),
            "list" => new JinjaList(Items(value)),
            "reverse" => value is string text ? string.Concat(text.EnumerateRunes().Reverse()) : new JinjaList([.. Items(value).Reverse()]),
            "sort" => Sort(value, arguments),
            "unique" => Unique(value, arguments),
            "select" => Where(value, arguments, byAttribute: false, keep: true),
            "reject" => Where(value, arguments, byAttribute: false, keep: false),
            "selectattr" => Where(value, arguments, byAttribute: true, keep: true),
            "rejectattr" => Where(value, arguments, byAttribute: true, keep: false),
            "dictsort" => DictSort(value, arguments),
            "min" => Extreme(value, arguments, -1),
            "max" => Extreme(value, arguments, 1),
            "sum" => Sum(value, arguments),
            "batch" => Batch(value, arguments),
            "groupby" => GroupBy(value, arguments),
            _ => this,
        };
        return !ReferenceEquals(result, this);
    }

    public JinjaList Map(object? value, Arguments arguments, Func<string, object?, Arguments, object?> apply)
    {
        var items = Items(value);
        if (arguments.Named.ContainsKey("attribute"))
        {
            return new([.. items.Select(i => By(i, arguments.Named["attribute"]) is JinjaUndefined missing && arguments.Named.TryGetValue("default", out var otherwise) ? otherwise : By(i, arguments.Named["attribute"]))]);
        }

        var filter = arguments.Text(0, "filter");
        var rest = arguments.Skip(1, filter);
        return new([.. items.Select(i => apply(filter, i, rest))]);
    }

    private IReadOnlyList<object?> Items(object? value)
    {
        var items = operations.Iterate(value);
        operations.Budget.Charge(items.Count);
        return items;
    }

    /// <summary>An item's attribute, where <c>a.b.0</c> goes deeper; the item itself without one.</summary>
    private object? By(object? item, object? attribute)
    {
        switch (attribute)
        {
            case null: return item;
            case long index: return Members.Item(item, index, operations);
            default:
                foreach (var part in ((string)attribute).Split('.'))
                {
                    item = Members.Item(item, long.TryParse(part, System.Globalization.CultureInfo.InvariantCulture, out var index) ? index : part, operations);
                }

                return item;
        }
    }

    private string Join(object? value, Arguments arguments)
    {
        var texts = Items(value).Select(i => operations.Str(By(i, arguments.Get(1, "attribute", null)))).ToList();
        var separator = operations.Str(arguments.Get(0, "d", ""));
        operations.Budget.ChargeText(texts.Sum(t => (long)t.Length) + (long)texts.Count * separator.Length);
        return string.Join(separator, texts);
    }

    private Comparer<object?> Comparer(bool caseSensitive) => Comparer<object?>.Create((a, b) => operations.Order(Fold(a, caseSensitive), Fold(b, caseSensitive)));

    private static object? Fold(object? value, bool caseSensitive) => value is string text && !caseSensitive ? text.ToLowerInvariant() : value;

    private JinjaList Sort(object? value, Arguments arguments)
    {
        var comparer = Comparer(Types.IsTrue(arguments.Get(1, "case_sensitive", false)));
        var attribute = arguments.Get(2, "attribute", null);
        var items = Items(value);
        return new(Types.IsTrue(arguments.Get(0, "reverse", false))
            ? [.. items.OrderByDescending(i => By(i, attribute), comparer)]
            : [.. items.OrderBy(i => By(i, attribute), comparer)]);
    }

    private JinjaList Unique(object? value, Arguments arguments)
    {
        var caseSensitive = Types.IsTrue(arguments.Get(0, "case_sensitive", false));
        var attribute = arguments.Get(1, "attribute", null);
        var seen = new JinjaDict();
        var unique = new List<object?>();
        foreach (var item in Items(value))
        {
            var key = Fold(By(item, attribute), caseSensitive);
            if (!seen.TryGet(key, out _))
            {
                seen.Set(key, null);
                unique.Add(item);
            }
        }

        return new(unique);
    }

    private JinjaList Where(object? value, Arguments arguments, bool byAttribute, bool keep)
    {
        var from = byAttribute ? 1 : 0;
        var attribute = byAttribute ? arguments.Required(0, "attribute") : null;
        var test = arguments.Positional.Count > from ? arguments.Text(from, "test") : null;
        var rest = arguments.Skip(from + 1, test ?? arguments.Callee);
        return new([.. Items(value).Where(item =>
        {
            var subject = By(item, attribute);
            return (test is null ? Types.IsTrue(subject) : Tests.Check(test, subject, rest, operations)) == keep;
        })]);
    }

    private JinjaList DictSort(object? value, Arguments arguments)
    {
        var dict = value as JinjaDict ?? throw new JinjaException($"dictsort needs a dictionary, not {Types.NameOf(value)}");
        var at = arguments.Text(1, "by", "key") == "value" ? 1 : 0;
        var comparer = Comparer(Types.IsTrue(arguments.Get(0, "case_sensitive", false)));
        var pairs = Members.Pairs(dict, operations).Items;
        return new(Types.IsTrue(arguments.Get(2, "reverse", false))
            ? [.. pairs.OrderByDescending(p => ((JinjaList)p!).Items[at], comparer)]
            : [.. pairs.OrderBy(p => ((JinjaList)p!).Items[at], comparer)]);
    }

    private object? Extreme(object? value, Arguments arguments, int sign)
    {
        var comparer = Comparer(Types.IsTrue(arguments.Get(0, "case_sensitive", false)));
        var attribute = arguments.Get(1, "attribute", null);
        var items = Items(value);
        if (items.Count == 0)
        {
            return new JinjaUndefined("an item of an empty list");
        }

        return items.Aggregate((best, item) => comparer.Compare(By(item, attribute), By(best, attribute)) * sign > 0 ? item : best);
    }

    private object? Sum(object? value, Arguments arguments) =>
        Items(value).Aggregate(arguments.Get(1, "start", 0L), (sum, item) => operations.Binary("+", sum, By(item, arguments.Get(0, "attribute", null))));

    private JinjaList Batch(object? value, Arguments arguments)
    {
        var size = (int)Math.Clamp(arguments.Integer(0, "linecount", 0), 1, int.MaxValue);
        var fill = arguments.Get(1, "fill_with", null);
        return new([.. Items(value).Chunk(size).Select(c =>
            new JinjaList(fill is null || size > 10_000 ? c : [.. c, .. Enumerable.Repeat(fill, size - c.Length)]))]);
    }

    private JinjaList GroupBy(object? value, Arguments arguments)
    {
        var attribute = arguments.Required(0, "attribute");
        var groups = new JinjaDict();
        foreach (var item in Items(value).OrderBy(i => By(i, attribute), Comparer(caseSensitive: false)))
        {
            var key = By(item, attribute);
            var list = groups.TryGet(key, out var found) ? (List<object?>)((JinjaList)found!).Items : [];
            list.Add(item);
            groups.Set(key, new JinjaList(list));
        }

        return Members.Pairs(groups, operations);
    }
}
