using System.Globalization;
using Granary.Models.ChatTemplates.Jinja.Runtime;
using Granary.Models.ChatTemplates.Jinja.Values;

namespace Granary.Models.ChatTemplates.Jinja.Library;

/// <summary>What can stand after a bar.</summary>
internal sealed class Filters(Operations operations)
{
    private readonly ListFilters _lists = new(operations);

    public object? Apply(string name, object? value, Arguments arguments)
    {
        operations.Budget.ChargeText(value is string s ? s.Length : 0);
        return name switch
        {
            "trim" => Trim(value, arguments),
            "upper" => operations.Str(value).ToUpperInvariant(),
            "lower" => operations.Str(value).ToLowerInvariant(),
            "title" => StringMethods.Title(operations.Str(value), letterStartsWord: false),
            "capitalize" => StringMethods.Capitalize(operations.Str(value)),
            "length" or "count" => Length(value),
            "default" or "d" => Default(value, arguments),
            "tojson" => operations.Budget.Text(JsonPrinter.Print(value, arguments, operations.Budget)),
            "safe" or "string" or "forceescape" => operations.Str(value),
            "escape" or "e" => Escape(operations.Str(value)),
            "int" => ToInteger(value, arguments.Get(0, "default", 0L)),
            "float" => ToFloat(value, arguments.Get(0, "default", 0.0)),
            "abs" => value is double d ? (object)Math.Abs(d) : Types.AsLong(value) is { } n ? Math.Abs(n) : throw Wrong(name, value),
            "round" => Round(value, arguments),
            "replace" => StringMethods.Replace(operations.Str(value), arguments.Text(0, "old"), arguments.Text(1, "new"), arguments.Integer(2, "count", -1), operations),
            "indent" => Indent(operations.Str(value), arguments),
            "items" => value is JinjaUndefined ? new JinjaList([]) : Members.Pairs(value as JinjaDict ?? throw Wrong(name, value), operations),
            "attr" => Members.Attribute(value, arguments.Text(0, "name"), operations),
            "wordcount" => operations.Str(value).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).LongLength,
            "map" => _lists.Map(value, arguments, Apply),
            _ => _lists.TryApply(name, value, arguments, out var result) ? result : throw new JinjaException($"there is no filter '{name}'"),
        };
    }

    private static JinjaException Wrong(string filter, object? value) =>
        value is JinjaUndefined undefined ? undefined.Error() : new($"filter '{filter}' does not work on {Types.NameOf(value)}");

    private string Trim(object? value, Arguments arguments)
    {
        var text = operations.Str(value);
        return arguments.Get(0, "chars", null) is string chars ? text.Trim(chars.ToCharArray()) : text.Trim();
    }

    private static long Length(object? value) => value switch
    {
        string text => text.EnumerateRunes().Count(),
        JinjaList list => list.Items.Count,
        JinjaDict dict => dict.Items.Count,
        JinjaUndefined => 0L,
        _ => throw Wrong("length", value),
    };

    private static object? Default(object? value, Arguments arguments) =>
        value is JinjaUndefined || (Types.IsTrue(arguments.Get(1, "boolean", false)) && !Types.IsTrue(value))
            ? arguments.Get(0, "default_value", "")
            : value;

    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("'", "&#39;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal);

    private static object? ToInteger(object? value, object? otherwise) => value switch
    {
        double number when Math.Abs(number) < 9e18 => (long)number,
        string text when long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        string text when double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 9e18 => (long)number,
        _ => Types.AsLong(value) ?? otherwise,
    };

    private static object? ToFloat(object? value, object? otherwise) => value switch
    {
        string text => double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : otherwise,
        _ => Types.AsDouble(value) ?? otherwise,
    };

    private static double Round(object? value, Arguments arguments)
    {
        var number = Types.AsDouble(value) ?? throw Wrong("round", value);
        var digits = (int)Math.Clamp(arguments.Integer(0, "precision", 0), -15, 15);
        var scale = Math.Pow(10, digits);
        return arguments.Text(1, "method", "common") switch
        {
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            _ => digits >= 0 ? Math.Round(number, digits, MidpointRounding.ToEven) : Math.Round(number * scale) / scale,
        };
    }

    private string Indent(string text, Arguments arguments)
    {
        var by = arguments.Get(0, "width", 4L) switch
        {
            string prefix => prefix,
            long count when count <= 1000 => new string(' ', (int)Math.Max(0, count)),
            _ => throw new JinjaException("indent needs a string or a width up to 1000"),
        };
        var first = Types.IsTrue(arguments.Get(1, "first", false));
        var blank = Types.IsTrue(arguments.Get(2, "blank", false));
        var lines = text.Split('\n');
        operations.Budget.ChargeText(text.Length + (long)lines.Length * by.Length);
        return string.Join('\n', lines.Select((line, i) => (i == 0 ? first : blank || line.Length > 0) ? by + line : line));
    }
}
