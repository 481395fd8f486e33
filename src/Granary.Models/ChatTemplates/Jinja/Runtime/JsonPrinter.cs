using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Granary.Models.ChatTemplates.Jinja.Values;

namespace Granary.Models.ChatTemplates.Jinja.Runtime;

/// <summary>The filter <c>tojson</c>, as transformers defines it: Python's <c>json.dumps</c> without escaping what is not ASCII.</summary>
internal sealed class JsonPrinter
{
    private readonly StringBuilder _text = new();
    private readonly Budget _budget;
    private readonly string? _indent;
    private readonly string _itemSeparator;
    private readonly string _keySeparator;
    private readonly bool _sortKeys;
    private readonly bool _ensureAscii;

    private JsonPrinter(Budget budget, Arguments arguments)
    {
        _budget = budget;
        _ensureAscii = Types.IsTrue(arguments.Get(0, "ensure_ascii", false));
        _indent = arguments.Get(1, "indent", null) switch
        {
            null => null,
            string text => text,
            long count when count <= 100 => new string(' ', (int)Math.Max(0, count)),
            _ => throw new JinjaException("tojson's indent must be a string or a number up to 100"),
        };
        _sortKeys = Types.IsTrue(arguments.Get(3, "sort_keys", false));
        (_itemSeparator, _keySeparator) = (_indent is null ? ", " : ",", ": ");
        if (arguments.Get(2, "separators", null) is JinjaList { Items: [string item, string key] })
        {
            (_itemSeparator, _keySeparator) = (item, key);
        }
    }

    public static string Print(object? value, Arguments arguments, Budget budget)
    {
        var printer = new JsonPrinter(budget, arguments);
        printer.Write(value, 0);
        return printer._text.ToString();
    }

    private void Write(object? value, int depth)
    {
        _budget.Charge();
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (value)
        {
            case null: _text.Append("null"); break;
            case bool flag: _text.Append(flag ? "true" : "false"); break;
            case long number: _text.Append(number); break;
            case double number: _text.Append(double.IsNaN(number) ? "NaN" : double.IsInfinity(number) ? (number > 0 ? "Infinity" : "-Infinity") : Printer.Float(number)); break;
            case string text: WriteString(text); break;
            case JinjaList list: WriteMany('[', ']', list.Items, depth, (item, d) => Write(item, d)); break;
            case JinjaDict dict:
                IReadOnlyList<KeyValuePair<object?, object?>> items = _sortKeys ? [.. dict.Items.OrderBy(i => KeyText(i.Key), StringComparer.Ordinal)] : dict.Items;
                WriteMany('{', '}', items, depth, (item, d) =>
                {
                    WriteString(KeyText(item.Key));
                    _text.Append(_keySeparator);
                    Write(item.Value, d);
                });
                break;
            default: throw new JinjaException($"{Types.NameOf(value)} cannot become JSON");
        }
    }

    private void WriteMany<T>(char open, char close, IReadOnlyList<T> items, int depth, Action<T, int> write)
    {
        _text.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            _text.Append(i > 0 ? _itemSeparator : "");
            NewLine(depth + 1);
            write(items[i], depth + 1);
        }

        if (items.Count > 0)
        {
            NewLine(depth);
        }

        _text.Append(close);
    }

    private void NewLine(int depth)
    {
        if (_indent is not null)
        {
            _budget.ChargeText((long)depth * _indent.Length);
            _text.Append('\n').Insert(_text.Length, _indent, depth);
        }
    }

    private static string KeyText(object? key) => key switch
    {
        string text => text,
        null => "null",
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => Printer.Float(number),
        _ => throw new JinjaException("a JSON key must be a string or a number"),
    };

    private void WriteString(string value)
    {
        _budget.ChargeText(value.Length);
        _text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => _text.Append("\\\""),
                '\\' => _text.Append("\\\\"),
                '\n' => _text.Append("\\n"),
                '\r' => _text.Append("\\r"),
                '\t' => _text.Append("\\t"),
                '\b' => _text.Append("\\b"),
                '\f' => _text.Append("\\f"),
                < ' ' => _text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                > '~' when _ensureAscii => _text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => _text.Append(c),
            };
        }

        _text.Append('"');
    }
}
