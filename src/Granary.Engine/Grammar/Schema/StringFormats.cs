using System.Collections.Frozen;

namespace Granary.Engine.Grammar.Schema;

/// <summary>Formats of strings as patterns. Where a format allows rarities, these leave them out: what is written is valid for every reader.</summary>
internal static class StringFormats
{
    private const string Year = "[1-9][0-9]{3}";
    private const string LeapYear = "[1-9][0-9](0[48]|[2468][048]|[13579][26])";
    private const string Date =
        "(" + Year + "-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|" + LeapYear + "-02-29)";

    private const string Hour = "([01][0-9]|2[0-3])";
    private const string Time = Hour + ":[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?(Z|[+-]" + Hour + ":[0-5][0-9])";
    private const string Byte = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private const string Group = "[0-9a-fA-F]{1,4}";
    private const string Label = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
    private const string Host = Label + "(\\." + Label + "){0,3}";

    private static readonly FrozenDictionary<string, string> Patterns = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["date"] = Date,
        ["time"] = Time,
        ["date-time"] = Date + "T" + Time,
        ["duration"] = "P([0-9]{1,4}W|[0-9]{1,4}D|[0-9]{1,4}Y([0-9]{1,4}M([0-9]{1,4}D)?)?|[0-9]{1,4}M([0-9]{1,4}D)?|T([0-9]{1,4}H([0-9]{1,4}M([0-9]{1,4}S)?)?|[0-9]{1,4}M([0-9]{1,4}S)?|[0-9]{1,4}S))",
        ["uuid"] = "[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}",
        ["ipv4"] = Byte + "(\\." + Byte + "){3}",
        ["ipv6"] = Ipv6(),
        ["hostname"] = Host,
        ["email"] = "[a-zA-Z0-9_+-]{1,32}(\\.[a-zA-Z0-9_+-]{1,15}){0,2}@" + Label + "(\\." + Label + "){1,3}",
        ["uri"] = "[a-z][a-z0-9+.-]{0,15}://" + Host + "(:[1-9][0-9]{0,3})?(/([a-zA-Z0-9._~!$&'()*+,;=:@-]|%[0-9A-F]{2})*)*(\\?([a-zA-Z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-F]{2})*)?(#([a-zA-Z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-F]{2})*)?",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The formats, for messages.</summary>
    public static string Names { get; } = string.Join(", ", Patterns.Keys.Order(StringComparer.Ordinal));

    /// <summary>The pattern of a format, anchored; <see langword="null"/> if it is not known.</summary>
    public static string? Find(string? format) => format is not null && Patterns.TryGetValue(format, out string? pattern) ? $"^{pattern}$" : null;

    /// <summary>Eight groups, or fewer around one gap.</summary>
    private static string Ipv6()
    {
        List<string> forms = [$"({Group}:){{7}}{Group}"];
        for (int before = 0; before <= 6; before++)
        {
            string left = before == 0 ? "" : before == 1 ? Group : $"{Group}(:{Group}){{{before - 1}}}";
            string right = before == 6 ? $"({Group})?" : $"({Group}(:{Group}){{0,{5 - before}}})?";
            forms.Add($"{left}::{right}");
        }

        return $"({string.Join('|', forms)})";
    }
}
