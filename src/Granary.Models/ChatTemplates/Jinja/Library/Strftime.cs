using System.Globalization;

namespace Granary.Models.ChatTemplates.Jinja.Library;

/// <summary>The formats of C's strftime, in English.</summary>
internal static class Strftime
{
    public static string Format(DateTimeOffset now, string format)
    {
        var text = new System.Text.StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            var bare = format[i + 1] == '-' && i + 2 < format.Length;
            i += bare ? 2 : 1;
            var part = Part(now, format[i]);
            text.Append(bare && part.Length > 1 ? part.TrimStart('0') is { Length: > 0 } short0 ? short0 : "0" : part);
        }

        return text.ToString();
    }

    private static string Part(DateTimeOffset now, char directive) => directive switch
    {
        'Y' => now.Text("yyyy"),
        'y' => now.Text("yy"),
        'm' => now.Text("MM"),
        'd' => now.Text("dd"),
        'e' => now.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'H' => now.Text("HH"),
        'I' => now.Text("hh"),
        'M' => now.Text("mm"),
        'S' => now.Text("ss"),
        'f' => now.Text("ffffff"),
        'p' => now.Text("tt"),
        'b' or 'h' => now.Text("MMM"),
        'B' => now.Text("MMMM"),
        'a' => now.Text("ddd"),
        'A' => now.Text("dddd"),
        'j' => now.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        'u' => (now.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)now.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'w' => ((int)now.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'F' => now.Text("yyyy-MM-dd"),
        'T' => now.Text("HH:mm:ss"),
        'R' => now.Text("HH:mm"),
        'D' => now.Text("MM/dd/yy"),
        'x' => now.Text("MM/dd/yy"),
        'X' => now.Text("HH:mm:ss"),
        'c' => now.Text("ddd MMM ") + now.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2) + now.Text(" HH:mm:ss yyyy"),
        's' => now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        'z' or 'Z' => "",
        'n' => "\n",
        't' => "\t",
        '%' => "%",
        _ => throw new JinjaException($"strftime_now does not know %{directive}"),
    };

    private static string Text(this DateTimeOffset now, string format) => now.ToString(format, CultureInfo.InvariantCulture);
}
