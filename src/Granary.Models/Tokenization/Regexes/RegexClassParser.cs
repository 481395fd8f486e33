using System.Globalization;
using System.Text;

namespace Granary.Models.Tokenization.Regexes;

/// <summary>Parses what stands for one character: a literal, an escape, a bracket class.</summary>
internal sealed class RegexClassParser(string pattern, bool ignoreCase)
{
    private const int MaxDepth = 20;

    // Of the first plane, null where a character has no other: a range asks for those of every character.
    private static readonly Lazy<int[]?[]> KnownCases = new(() => [.. Enumerable.Range(0, 0x10000).Select(c => CaseVariants(c) is { Length: > 1 } all ? all : null)]);

    /// <summary>Parses a class whose '[' was taken.</summary>
    public Func<int, bool> Parse(ref int position, int depth = 0)
    {
        if (depth > MaxDepth)
        {
            throw new FormatException($"character classes are nested deeper than {MaxDepth}");
        }

        var negated = position < pattern.Length && pattern[position] == '^';
        position += negated ? 1 : 0;
        var items = new List<Func<int, bool>>();
        var intersected = new List<Func<int, bool>>();
        for (var first = true; ; first = false)
        {
            if (position >= pattern.Length)
            {
                throw new FormatException("a character class is not closed");
            }

            if (pattern[position] == ']' && !first)
            {
                position++;
                break;
            }

            if (pattern[position] == '[' && !pattern.AsSpan(position).StartsWith("[:", StringComparison.Ordinal))
            {
                position++;
                items.Add(Parse(ref position, depth + 1));
            }
            else if (pattern.AsSpan(position).StartsWith("&&", StringComparison.Ordinal))
            {
                position += 2;
                intersected.Add(Any(items));
                items = [];
            }
            else
            {
                items.Add(ParseItem(ref position));
            }
        }

        intersected.Add(Any(items));
        var all = intersected.ToArray();
        return negated ? c => !Array.TrueForAll(all, i => i(c)) : c => Array.TrueForAll(all, i => i(c));
    }

    /// <summary>Parses one literal or escape outside of a class.</summary>
    public Func<int, bool> ParseSingle(ref int position)
    {
        var set = TryClassEscape(ref position);
        return set ?? Literal(ParseCodePoint(ref position));
    }

    private static Func<int, bool> Any(List<Func<int, bool>> items)
    {
        var all = items.ToArray();
        return all.Length == 1 ? all[0] : c => Array.Exists(all, i => i(c));
    }

    private Func<int, bool> ParseItem(ref int position)
    {
        if (pattern.AsSpan(position).StartsWith("[:", StringComparison.Ordinal))
        {
            var end = pattern.IndexOf(":]", position, StringComparison.Ordinal);
            var name = end < 0 ? throw new FormatException("a [: :] class is not closed") : pattern[(position + 2)..end];
            position = end + 2;
            return name.StartsWith('^') ? Not(Property(name[1..])) : Property(name);
        }

        if (TryClassEscape(ref position) is { } set)
        {
            return set;
        }

        var low = ParseCodePoint(ref position);
        if (position + 1 >= pattern.Length || pattern[position] != '-' || pattern[position + 1] == ']')
        {
            return Literal(low);
        }

        position++;
        var high = ParseCodePoint(ref position);
        if (high < low)
        {
            throw new FormatException("a character range runs backwards");
        }

        if (!ignoreCase)
        {
            return c => c >= low && c <= high;
        }

        return c => (c >= low && c <= high) || Array.Exists(OtherCases(c), v => v >= low && v <= high);
    }

    private Func<int, bool> Literal(int codePoint)
    {
        if (!ignoreCase)
        {
            return c => c == codePoint;
        }

        var variants = CaseVariants(codePoint);
        return c => Array.IndexOf(variants, c) >= 0;
    }

    private Func<int, bool>? TryClassEscape(ref int position)
    {
        if (pattern[position] != '\\' || position + 1 >= pattern.Length)
        {
            return null;
        }

        switch (pattern[position + 1])
        {
            case 's': position += 2; return CharSet.IsSpace;
            case 'S': position += 2; return Not(CharSet.IsSpace);
            case 'w': position += 2; return CharSet.IsWord;
            case 'W': position += 2; return Not(CharSet.IsWord);
            case 'd': position += 2; return Property("Nd");
            case 'D': position += 2; return Not(Property("Nd"));
            case 'h': position += 2; return c => c < 128 && char.IsAsciiHexDigit((char)c);
            case 'p' or 'P':
                var negated = pattern[position + 1] == 'P';
                position += 2;
                return ParseProperty(ref position, negated);
            default: return null;
        }
    }

    private Func<int, bool> ParseProperty(ref int position, bool negated)
    {
        string name;
        if (position < pattern.Length && pattern[position] == '{')
        {
            var end = pattern.IndexOf('}', position);
            name = end < 0 ? throw new FormatException("\\p{ is not closed") : pattern[(position + 1)..end];
            position = end + 1;
        }
        else
        {
            name = position < pattern.Length ? pattern[position++].ToString() : throw new FormatException("\\p needs a name");
        }

        if (name.StartsWith('^'))
        {
            (negated, name) = (!negated, name[1..]);
        }

        return negated ? Not(Property(name)) : Property(name);
    }

    private int ParseCodePoint(ref int position)
    {
        if (pattern[position] != '\\')
        {
            Rune.DecodeFromUtf16(pattern.AsSpan(position), out var rune, out var used);
            position += used;
            return rune.Value;
        }

        if (position + 1 >= pattern.Length)
        {
            throw new FormatException("the pattern ends with a backslash");
        }

        var escape = pattern[position + 1];
        position += 2;
        return escape switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            'f' => '\f',
            'a' => 7,
            'e' => 27,
            'u' => Hex(ref position, 4),
            'x' when position < pattern.Length && pattern[position] == '{' => BracedHex(ref position),
            'x' => Hex(ref position, 2),
            '0' => 0,
            _ when char.IsAsciiLetterOrDigit(escape) => throw new FormatException($"escape '\\{escape}' is not supported"),
            _ => escape,
        };
    }

    private int BracedHex(ref int position)
    {
        var end = pattern.IndexOf('}', position);
        var digits = end < 0 ? "" : pattern[(position + 1)..end];
        position = end + 1;
        return Number(digits);
    }

    private int Hex(ref int position, int digits)
    {
        var text = pattern.Substring(position, Math.Min(digits, pattern.Length - position));
        position += text.Length;
        return Number(text);
    }

    private static int Number(string digits) =>
        int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 0x10ffff
            ? value
            : throw new FormatException($"'{digits}' is no hexadecimal code point");

    private static Func<int, bool> Not(Func<int, bool> set) => c => !set(c);

    private static Func<int, bool> Property(string name) => UnicodeProperty.Find(name);

    private static int[] OtherCases(int c) => c < 0x10000 ? KnownCases.Value[c] ?? [] : CaseVariants(c);

    /// <summary>The characters that are the same as <paramref name="c"/> when case does not count.</summary>
    private static int[] CaseVariants(int c)
    {
        if (!Rune.TryCreate(c, out var rune))
        {
            return [c];
        }

        var variants = new HashSet<int> { c, Rune.ToUpperInvariant(rune).Value, Rune.ToLowerInvariant(rune).Value };
        // Characters that fold to a letter without being its simple other case.
        variants.UnionWith(char.ToLowerInvariant((char)Math.Min(c, 0xffff)) switch
        {
            's' or '\u017f' => ['s', 'S', 0x17f],
            'k' or '\u212a' => ['k', 'K', 0x212a],
            '\u00e5' or '\u212b' => [0xe5, 0xc5, 0x212b],
            _ => Array.Empty<int>(),
        });
        return [.. variants];
    }
}
