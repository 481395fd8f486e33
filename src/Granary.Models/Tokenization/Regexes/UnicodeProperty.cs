using System.Globalization;

namespace Granary.Models.Tokenization.Regexes;

/// <summary>The names that <c>\p{…}</c> knows.</summary>
internal static class UnicodeProperty
{
    private static readonly string[] Categories =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co",
        "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
    ];

    private static readonly Dictionary<string, (int Low, int High)[]> Scripts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Han"] = [(0x2e80, 0x2e99), (0x2e9b, 0x2ef3), (0x2f00, 0x2fd5), (0x3005, 0x3005), (0x3007, 0x3007), (0x3021, 0x3029), (0x3038, 0x303b), (0x3400, 0x4dbf), (0x4e00, 0x9fff), (0xf900, 0xfa6d), (0xfa70, 0xfad9), (0x16fe2, 0x16fe3), (0x16ff0, 0x16ff1), (0x20000, 0x2a6df), (0x2a700, 0x2b739), (0x2b740, 0x2b81d), (0x2b820, 0x2cea1), (0x2ceb0, 0x2ebe0), (0x2ebf0, 0x2ee5d), (0x2f800, 0x2fa1d), (0x30000, 0x3134a), (0x31350, 0x323af)],
        ["Hiragana"] = [(0x3041, 0x3096), (0x309d, 0x309f), (0x1b001, 0x1b11f), (0x1b132, 0x1b132), (0x1b150, 0x1b152), (0x1f200, 0x1f200)],
        ["Katakana"] = [(0x30a1, 0x30fa), (0x30fd, 0x30ff), (0x31f0, 0x31ff), (0x32d0, 0x32fe), (0x3300, 0x3357), (0xff66, 0xff6f), (0xff71, 0xff9d), (0x1aff0, 0x1aff3), (0x1aff5, 0x1affb), (0x1affd, 0x1affe), (0x1b000, 0x1b000), (0x1b120, 0x1b122), (0x1b155, 0x1b155), (0x1b164, 0x1b167)],
    };

    /// <exception cref="FormatException">There is no such property here.</exception>
    public static Func<int, bool> Find(string name)
    {
        var exact = Array.IndexOf(Categories, name);
        if (exact >= 0)
        {
            return c => (int)CharSet.Category(c) == exact;
        }

        if (name.Length == 1 && Array.Exists(Categories, k => k[0] == name[0]))
        {
            var mask = 0;
            for (var i = 0; i < Categories.Length; i++)
            {
                mask |= Categories[i][0] == name[0] ? 1 << i : 0;
            }

            return c => (mask >> (int)CharSet.Category(c) & 1) != 0;
        }

        if (Scripts.TryGetValue(name, out var ranges))
        {
            return c => Array.Exists(ranges, r => c >= r.Low && c <= r.High);
        }

        return name.ToUpperInvariant() switch
        {
            "LETTER" => Find("L"),
            "MARK" => Find("M"),
            "NUMBER" => Find("N"),
            "PUNCTUATION" or "PUNCT" => Find("P"),
            "SYMBOL" => Find("S"),
            "SPACE" or "WHITE_SPACE" => CharSet.IsSpace,
            "WORD" => CharSet.IsWord,
            "DIGIT" => Find("Nd"),
            "ALNUM" => c => CharSet.Category(c) <= UnicodeCategory.LetterNumber,
            "ALPHA" => c => CharSet.Category(c) is <= UnicodeCategory.SpacingCombiningMark or UnicodeCategory.LetterNumber,
            "UPPER" => Find("Lu"),
            "LOWER" => Find("Ll"),
            "ASCII" => c => c < 128,
            "ANY" => _ => true,
            _ => throw new FormatException($"\\p{{{name}}} is not known; known are the general categories, Han, Hiragana, Katakana and the POSIX names"),
        };
    }
}
