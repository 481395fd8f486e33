using System.Text;

namespace Granary.Models.Tokenization.Normalizers;

/// <summary>The four normalization forms of Unicode Standard Annex 15, in linear time.</summary>
internal static class UnicodeNormalizer
{
    private const int HangulBase = 0xac00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailBase = 0x11a7;
    private const int Vowels = 21;
    private const int Trails = 28;
    private const int Syllables = 19 * Vowels * Trails;

    public static string Normalize(string text, bool compatible, bool compose)
    {
        if (System.Text.Ascii.IsValid(text))
        {
            return text;
        }

        var data = UnicodeData.Instance;
        var codes = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            Decompose(data, rune.Value, compatible, codes);
        }

        Reorder(data, codes);
        if (compose)
        {
            Compose(data, codes);
        }

        var builder = new StringBuilder(codes.Count);
        foreach (var code in codes)
        {
            builder.Append(new Rune(code));
        }

        return builder.ToString();
    }

    private static void Decompose(UnicodeData data, int code, bool compatible, List<int> codes)
    {
        if (code < 0xa0)
        {
            codes.Add(code);
        }
        else if (code - HangulBase is >= 0 and < Syllables and var syllable)
        {
            codes.Add(LeadBase + syllable / (Vowels * Trails));
            codes.Add(VowelBase + syllable % (Vowels * Trails) / Trails);
            if (syllable % Trails > 0)
            {
                codes.Add(TrailBase + syllable % Trails);
            }
        }
        else if (data.Canonical.TryGetValue(code, out var parts) || (compatible && data.Compatible.TryGetValue(code, out parts)))
        {
            foreach (var part in parts)
            {
                Decompose(data, part, compatible, codes);
            }
        }
        else
        {
            codes.Add(code);
        }
    }

    /// <summary>Sorts each run of combining marks by class, stably.</summary>
    private static void Reorder(UnicodeData data, List<int> codes)
    {
        for (var i = 0; i < codes.Count; i++)
        {
            if (data.CombiningClass(codes[i]) == 0)
            {
                continue;
            }

            var end = i + 1;
            while (end < codes.Count && data.CombiningClass(codes[end]) != 0)
            {
                end++;
            }

            if (end - i > 1)
            {
                var sorted = codes.GetRange(i, end - i).OrderBy(data.CombiningClass).ToArray();
                for (var k = 0; k < sorted.Length; k++)
                {
                    codes[i + k] = sorted[k];
                }
            }

            i = end;
        }
    }

    private static void Compose(UnicodeData data, List<int> codes)
    {
        var written = 0;
        var starter = -1;
        var lastClass = -1;
        for (var i = 0; i < codes.Count; i++)
        {
            var code = codes[i];
            var combining = data.CombiningClass(code);
            // A mark composes with the starter unless an earlier one of the same or a higher class stands between.
            if (starter >= 0 && lastClass < combining && TryCompose(data, codes[starter], code, out var composed))
            {
                codes[starter] = composed;
                continue;
            }

            if (combining == 0)
            {
                starter = written;
                lastClass = -1;
            }
            else
            {
                lastClass = combining;
            }

            codes[written++] = code;
        }

        codes.RemoveRange(written, codes.Count - written);
    }

    private static bool TryCompose(UnicodeData data, int first, int second, out int composed)
    {
        if (first - LeadBase is >= 0 and < 19 and var lead && second - VowelBase is >= 0 and < Vowels and var vowel)
        {
            composed = HangulBase + (lead * Vowels + vowel) * Trails;
            return true;
        }

        if (first - HangulBase is >= 0 and < Syllables and var syllable && syllable % Trails == 0 && second - TrailBase is > 0 and < Trails and var trail)
        {
            composed = first + trail;
            return true;
        }

        return data.Compositions.TryGetValue((first, second), out composed);
    }
}
