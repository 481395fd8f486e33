using System.Globalization;
using System.Numerics;
using System.Text.Unicode;

namespace Granary.Unicode;

/// <summary>
/// Whether the strings of a JSON text are Unicode. JSON's grammar allows half a surrogate pair as an escape, and parsers do not look into strings: whoever
/// reads such a string later fails there.
/// </summary>
public static class JsonUnicode
{
    private const int EscapeLength = 6; // \uXXXX

    /// <summary>What to say of a text that is none.</summary>
    public const string Problem = "a string in it is no valid Unicode text (half a surrogate pair, or bytes that are no UTF-8)";

    /// <summary>Whether they are, in text that a parser has found to be JSON.</summary>
    public static bool IsValid(ReadOnlySpan<byte> json) => Utf8.IsValid(json) && HasWholeEscapes(json);

    /// <inheritdoc cref="IsValid(ReadOnlySpan{byte})"/>
    public static bool IsValid(ReadOnlySpan<char> json) => HasWholePairs(json) && HasWholeEscapes(json);

    // A backslash stands in strings only, and each one begins an escape.
    private static bool HasWholeEscapes<T>(ReadOnlySpan<T> json)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (var at = json.IndexOf(T.CreateTruncating('\\')); at >= 0; at = json.IndexOf(T.CreateTruncating('\\')))
        {
            json = json[at..];
            var unit = UnitOf(json);
            if (char.IsLowSurrogate(unit) || (char.IsHighSurrogate(unit) && !char.IsLowSurrogate(UnitOf(json[EscapeLength..]))))
            {
                return false;
            }

            json = json[(char.IsHighSurrogate(unit) ? 2 * EscapeLength : Math.Min(2, json.Length))..];
        }

        return true;
    }

    /// <summary>The UTF-16 unit that an escape of four digits stands for; NUL where there is none.</summary>
    private static char UnitOf<T>(ReadOnlySpan<T> json)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (json.Length < EscapeLength || json[0] != T.CreateTruncating('\\') || json[1] != T.CreateTruncating('u'))
        {
            return '\0';
        }

        Span<char> digits = stackalloc char[EscapeLength - 2];
        for (var i = 0; i < digits.Length; i++)
        {
            digits[i] = (char)ushort.CreateTruncating(json[i + 2]);
        }

        return ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) ? (char)unit : '\0';
    }

    private static bool HasWholePairs(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOfAnyInRange('\ud800', '\udfff'); at >= 0; at = text.IndexOfAnyInRange('\ud800', '\udfff'))
        {
            if (at + 1 >= text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
            {
                return false;
            }

            text = text[(at + 2)..];
        }

        return true;
    }
}
