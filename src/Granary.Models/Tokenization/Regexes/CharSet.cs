using System.Globalization;

namespace Granary.Models.Tokenization.Regexes;

/// <summary>A set of code points; the first plane is a bitmap, so that a test costs one load.</summary>
internal sealed class CharSet
{
    private readonly ulong[] _bmp = new ulong[1024];
    private readonly Func<int, bool> _astral;

    private CharSet(Func<int, bool> contains)
    {
        _astral = contains;
        for (var c = 0; c < 0x10000; c++)
        {
            if (contains(c))
            {
                _bmp[c >> 6] |= 1UL << (c & 63);
            }
        }
    }

    /// <summary>Evaluates <paramref name="contains"/> once for each code point of the first plane.</summary>
    public static CharSet Of(Func<int, bool> contains) => new(contains);

    public bool Contains(int codePoint) =>
        codePoint < 0x10000 ? (_bmp[codePoint >> 6] >> (codePoint & 63) & 1) != 0 : _astral(codePoint);

    /// <summary>Unicode White_Space, which is what Oniguruma's and Rust's <c>\s</c> mean.</summary>
    public static bool IsSpace(int c) =>
        c is >= 9 and <= 13 or 0x20 or 0x85 || (c >= 0xa0 && Category(c) is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    /// <summary>Letters, marks, decimal and letter numbers, connectors and the alphabetic symbols: <c>\w</c>.</summary>
    public static bool IsWord(int c) => Category(c) switch
    {
        <= UnicodeCategory.LetterNumber => true, // Lu Ll Lt Lm Lo Mn Mc Me Nd Nl come first in the enumeration
        UnicodeCategory.ConnectorPunctuation => true,
        _ => c is >= 0x24b6 and <= 0x24e9 or >= 0x1f130 and <= 0x1f149 or >= 0x1f150 and <= 0x1f169 or >= 0x1f170 and <= 0x1f189,
    };

    public static UnicodeCategory Category(int c) => CharUnicodeInfo.GetUnicodeCategory(c);
}
