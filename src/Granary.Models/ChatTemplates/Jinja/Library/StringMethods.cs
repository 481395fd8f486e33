using Granary.Models.ChatTemplates.Jinja.Runtime;
using Granary.Models.ChatTemplates.Jinja.Values;

namespace Granary.Models.ChatTemplates.Jinja.Library;

/// <summary>Methods of strings, as Python has them.</summary>
internal static class StringMethods
{
    public static JinjaFunction? Find(string text, string name, Operations operations)
    {
        Func<Arguments, object?>? method = name switch
        {
            "strip" => a => Strip(text, a, left: true, right: true),
            "lstrip" => a => Strip(text, a, left: true, right: false),
            "rstrip" => a => Strip(text, a, left: false, right: true),
            "split" => a => Split(text, a, operations, fromRight: false),
            "rsplit" => a => Split(text, a, operations, fromRight: true),
            "splitlines" => a => Lines(text, Types.IsTrue(a.Get(0, "keepends", false))),
            "startswith" => a => Affixes(a).Any(p => text.StartsWith(p, StringComparison.Ordinal)),
            "endswith" => a => Affixes(a).Any(p => text.EndsWith(p, StringComparison.Ordinal)),
            "replace" => a => Replace(text, a.Text(0, "old"), a.Text(1, "new"), a.Integer(2, "count", -1), operations),
            "upper" => _ => text.ToUpperInvariant(),
            "lower" => _ => text.ToLowerInvariant(),
            "title" => _ => Title(text, letterStartsWord: true),
            "capitalize" => _ => Capitalize(text),
            "join" => a => operations.Budget.Text(string.Join(text, operations.Iterate(a.Required(0, "iterable")).Select(i => i as string ?? throw new JinjaException("join() needs strings")))),
            "find" => a => (long)text.IndexOf(a.Text(0, "sub"), StringComparison.Ordinal),
            "rfind" => a => (long)text.LastIndexOf(a.Text(0, "sub"), StringComparison.Ordinal),
            "index" => a => text.IndexOf(a.Text(0, "sub"), StringComparison.Ordinal) is >= 0 and var at ? (long)at : throw new JinjaException("index() did not find the text"),
            "count" => a => a.Text(0, "sub") is { Length: > 0 } sub ? text.Split(sub).Length - 1L : text.Length + 1L,
            "isdigit" or "isnumeric" or "isdecimal" => _ => text.Length > 0 && text.All(char.IsDigit),
            "isalpha" => _ => text.Length > 0 && text.All(char.IsLetter),
            "isalnum" => _ => text.Length > 0 && text.All(char.IsLetterOrDigit),
            "isspace" => _ => text.Length > 0 && text.All(char.IsWhiteSpace),
            "isupper" => _ => text.Any(char.IsUpper) && !text.Any(char.IsLower),
            "islower" => _ => text.Any(char.IsLower) && !text.Any(char.IsUpper),
            "removeprefix" => a => a.Text(0, "prefix") is var prefix && text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text,
            "removesuffix" => a => a.Text(0, "suffix") is { Length: > 0 } suffix && text.EndsWith(suffix, StringComparison.Ordinal) ? text[..^suffix.Length] : text,
            "format" or "format_map" => _ => throw new JinjaException($"{name}() is not supported; use ~ or +"),
            _ => null,
        };
        if (method is null)
        {
            return null;
        }

        return new(name, arguments =>
        {
            operations.Budget.ChargeText(text.Length);
            return method(arguments);
        });
    }

    public static string Replace(string text, string old, string by, long count, Operations operations)
    {
        if (old.Length > 0 && count < 0)
        {
            operations.Budget.ChargeText((long)text.Length + (long)(text.Length / old.Length) * by.Length);
            return text.Replace(old, by, StringComparison.Ordinal);
        }

        var parts = old.Length > 0 ? text.Split(old) : ["", .. text.EnumerateRunes().Select(r => r.ToString()), ""];
        var limit = count < 0 ? parts.Length - 1 : (int)Math.Min(count, parts.Length - 1);
        operations.Budget.ChargeText(text.Length + (long)limit * by.Length);
        return string.Join(by, parts.Take(limit)) + (limit > 0 ? by : "") + string.Join(old, parts.Skip(limit));
    }

    public static string Capitalize(string text) =>
        text.Length == 0 ? text : text[..1].ToUpperInvariant() + text[1..].ToLowerInvariant();

    /// <param name="text">The text.</param>
    /// <param name="letterStartsWord">Python's method begins a word after any non-letter; Jinja's filter after blanks, hyphens and brackets.</param>
    public static string Title(string text, bool letterStartsWord)
    {
        var starts = true;
        return string.Create(text.Length, text, (span, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                span[i] = starts ? char.ToUpperInvariant(source[i]) : char.ToLowerInvariant(source[i]);
                starts = letterStartsWord ? !char.IsLetter(source[i]) : char.IsWhiteSpace(source[i]) || source[i] is '-' or '(' or '{' or '[' or '<';
            }
        });
    }

    private static string Strip(string text, Arguments arguments, bool left, bool right)
    {
        var chars = arguments.Get(0, "chars", null) is null ? null : arguments.Text(0, "chars").ToCharArray();
        text = left ? chars is null ? text.TrimStart() : chars.Length == 0 ? text : text.TrimStart(chars) : text;
        return right ? chars is null ? text.TrimEnd() : chars.Length == 0 ? text : text.TrimEnd(chars) : text;
    }

    private static IEnumerable<string> Affixes(Arguments arguments) => arguments.Required(0, "prefix") switch
    {
        string one => [one],
        JinjaList { IsTuple: true } many => many.Items.OfType<string>(),
        var value => throw new JinjaException($"{arguments.Callee}() needs a string or a tuple of strings, not {Types.NameOf(value)}"),
    };

    private static JinjaList Split(string text, Arguments arguments, Operations operations, bool fromRight)
    {
        var most = arguments.Integer(1, "maxsplit", -1);
        operations.Budget.Charge(text.Length);
        var separator = arguments.Get(0, "sep", null) is null ? null : arguments.Text(0, "sep");
        if (separator is "")
        {
            throw new JinjaException("split() needs a separator that is not empty");
        }

        var parts = separator is null ? text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : text.Split(separator);
        if (most < 0 || parts.Length - 1 <= most)
        {
            return new([.. parts]);
        }

        return fromRight ? SplitRight(parts, separator ?? " ", (int)most) : SplitLeft(text, separator, (int)most);
    }

    private static JinjaList SplitLeft(string text, string? separator, int most)
    {
        if (separator is not null)
        {
            return new([.. text.Split(separator, most + 1)]);
        }

        var parts = new List<object?>();
        var rest = text.AsSpan().TrimStart();
        while (parts.Count < most)
        {
            var end = 0;
            while (end < rest.Length && !char.IsWhiteSpace(rest[end]))
            {
                end++;
            }

            parts.Add(rest[..end].ToString());
            rest = rest[end..].TrimStart();
        }

        parts.Add(rest.ToString());
        return new(parts);
    }

    private static JinjaList SplitRight(string[] parts, string separator, int most)
    {
        var head = parts.Length - most;
        return new([string.Join(separator, parts.Take(head)), .. parts.Skip(head)]);
    }

    private static JinjaList Lines(string text, bool keepEnds)
    {
        var lines = new List<object?>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.AsSpan(start).IndexOfAny('\n', '\r');
            var next = end < 0 ? text.Length : start + end + (text.AsSpan(start + end).StartsWith("\r\n") ? 2 : 1);
            lines.Add(keepEnds ? text[start..next] : end < 0 ? text[start..] : text.Substring(start, end));
            start = next;
        }

        return new(lines);
    }
}
