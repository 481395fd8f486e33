using System.Globalization;
using System.Text;
using Granary.Models.Tokenization.Json;
using Granary.Models.Tokenization.PreTokenizers;
using Granary.Models.Tokenization.Regexes;

namespace Granary.Models.Tokenization.Normalizers;

/// <summary>Reads the field <c>normalizer</c> as a function from text to text.</summary>
internal static class NormalizerReader
{
    private const string Known = "NFC, NFD, NFKC, NFKD, Lowercase, Prepend, Replace, Strip, StripAccents, Sequence";

    public static Func<string, string>? Read(TokenizerJson json)
    {
        if (json.IsNull)
        {
            return null;
        }

        json.Budget.CountStep(json);
        return json.Type switch
        {
            "Sequence" => Sequence([.. json["normalizers"].Items().Select(Read).OfType<Func<string, string>>()]),
            "NFC" => text => UnicodeNormalizer.Normalize(text, compatible: false, compose: true),
            "NFD" => text => UnicodeNormalizer.Normalize(text, compatible: false, compose: false),
            "NFKC" => text => UnicodeNormalizer.Normalize(text, compatible: true, compose: true),
            "NFKD" => text => UnicodeNormalizer.Normalize(text, compatible: true, compose: false),
            // The one character whose lower case is two.
            "Lowercase" => text => text.Replace("\u0130", "i\u0307", StringComparison.Ordinal).ToLowerInvariant(),
            "Prepend" => Prepend(json["prepend"].Text()),
            "Replace" => Replace(json),
            "Strip" => Strip(json["strip_left"].Flag(true), json["strip_right"].Flag(true)),
            "StripAccents" => StripAccents,
            var type => throw json.Unknown("normalizer", type, Known),
        };
    }

    private static Func<string, string> Sequence(Func<string, string>[] items) => text =>
    {
        foreach (var item in items)
        {
            text = item(text);
        }

        return text;
    };

    private static Func<string, string> Prepend(string prefix) => text => text.Length == 0 ? text : prefix + text;

    private static Func<string, string> Replace(TokenizerJson json)
    {
        var delimiter = PreTokenizerReader.ReadDelimiter(json["pattern"]);
        var content = json["content"].Text();
        return text => Replacer.Replace(delimiter, text, content);
    }

    private static Func<string, string> Strip(bool left, bool right) => text =>
    {
        var (start, end) = (0, text.Length);
        while (left && start < end && CharSet.IsSpace(text[start]))
        {
            start++;
        }

        while (right && end > start && CharSet.IsSpace(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    };

    private static string StripAccents(string text)
    {
        var builder = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark))
            {
                builder.Append(rune);
            }
        }

        return builder.ToString();
    }
}
