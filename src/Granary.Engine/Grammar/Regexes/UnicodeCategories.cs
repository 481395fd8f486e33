using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Granary.Engine.Grammar.Regexes;

/// <summary>The characters of Unicode's general categories.</summary>
internal static class UnicodeCategories
{
    // In the order of UnicodeCategory.
    private static readonly string[] Names =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
    ];

    private static readonly ConcurrentDictionary<string, CodePoints> Known = new(StringComparer.Ordinal);

    /// <summary>The characters of a category such as <c>Lu</c>, or of all that begin with one letter; <see langword="null"/> if there is none of that name.</summary>
    public static CodePoints? Find(string name) =>
        name.Length is 1 or 2 && Names.Any(known => known.StartsWith(name, StringComparison.Ordinal)) ? Known.GetOrAdd(name, Scan) : null;

    private static CodePoints Scan(string name)
    {
        List<(int, int)> ranges = [];
        for (int codePoint = 0; codePoint <= 0x10FFFF; codePoint++)
        {
            if (Rune.IsValid(codePoint) && Names[(int)CharUnicodeInfo.GetUnicodeCategory(codePoint)].StartsWith(name, StringComparison.Ordinal))
            {
                ranges.Add((codePoint, codePoint));
            }
        }

        return CodePoints.Of(ranges);
    }
}
