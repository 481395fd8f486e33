using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Granary.Models.ChatTemplates.Jinja.Values;

namespace Granary.Models.ChatTemplates.Jinja.Runtime;

/// <summary>Writes values as Python's <c>repr()</c> and as JSON.</summary>
internal static class Printer
{
    public static string Repr(object? value, Budget budget)
    {
        var text = new StringBuilder();
        Write(text, value, budget);
        return text.ToString();
    }

    /// <summary>Python's form of a float: the shortest that reads back the same, with a point or an exponent.</summary>
    public static string Float(double value)
    {
        if (double.IsNaN(value) || double.IsInfinity(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        var size = Math.Abs(value);
        if (size != 0 && (size < 1e-4 || size >= 1e16))
        {
            var scientific = value.ToString("E16", CultureInfo.InvariantCulture);
            var shortest = value.ToString("R", CultureInfo.InvariantCulture);
            if (!shortest.Contains('E', StringComparison.Ordinal))
            {
                shortest = scientific;
            }

            var at = shortest.IndexOf('E', StringComparison.Ordinal);
            var exponent = int.Parse(shortest.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            return $"{shortest[..at]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        var text = decimal.TryParse(value.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
            ? exact.ToString(CultureInfo.InvariantCulture)
            : value.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('.', StringComparison.Ordinal) ? text : (value == 0 && double.IsNegative(value) ? "-0" : text) + ".0";
    }

    private static void Write(StringBuilder text, object? value, Budget budget)
    {
        budget.Charge();
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (value)
        {
            case null: text.Append("None"); break;
            case bool flag: text.Append(flag ? "True" : "False"); break;
            case long number: text.Append(number); break;
            case double number: text.Append(Float(number)); break;
            case string s: WriteString(text, s, budget); break;
            case JinjaList list:
                text.Append(list.IsTuple ? '(' : '[');
                WriteMany(text, list.Items, item => Write(text, item, budget));
                text.Append(list is { IsTuple: true, Items.Count: 1 } ? "," : "").Append(list.IsTuple ? ')' : ']');
                break;
            case JinjaDict dict:
                text.Append('{');
                WriteMany(text, dict.Items, item =>
                {
                    Write(text, item.Key, budget);
                    text.Append(": ");
                    Write(text, item.Value, budget);
                });
                text.Append('}');
                break;
            case JinjaUndefined: text.Append("Undefined"); break;
            case JinjaNamespace: text.Append("<namespace>"); break;
            default: text.Append('<').Append(Types.NameOf(value)).Append('>'); break;
        }
    }

    private static void WriteMany<T>(StringBuilder text, IReadOnlyList<T> items, Action<T> write)
    {
        for (var i = 0; i < items.Count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            write(items[i]);
        }
    }

    private static void WriteString(StringBuilder text, string value, Budget budget)
    {
        budget.ChargeText(value.Length);
        var quote = value.Contains('\'', StringComparison.Ordinal) && !value.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        text.Append(quote);
        foreach (var rune in value.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\\' => text.Append("\\\\"),
                var c when c == quote => text.Append('\\').Append(quote),
                var c when c < 32 || c is >= 0x7f and < 0xa1 or 0xad => text.Append("\\x").Append(c.ToString("x2", CultureInfo.InvariantCulture)),
                _ => text.Append(rune),
            };
        }

        text.Append(quote);
    }
}
