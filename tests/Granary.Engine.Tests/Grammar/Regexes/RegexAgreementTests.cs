using System.Text;
using System.Text.RegularExpressions;
using Granary.Engine.Grammar;

namespace Granary.Engine.Tests.Grammar.Regexes;

/// <summary>Patterns accept and refuse what .NET's engine accepts and refuses.</summary>
public sealed class RegexAgreementTests
{
    private const string Alphabet = "abcx019-_ .é世\"\\";

    [Fact]
    public void Random_patterns_agree_on_random_texts()
    {
        var random = new Random(11);
        int matches = 0;
        for (int i = 0; i < 400; i++)
        {
            string pattern = Pattern(random, depth: 3);
            var regex = new Regex($"^(?:{Spelled(pattern)})\\z", RegexOptions.NonBacktracking);
            for (int j = 0; j < 40; j++)
            {
                string text = j % 2 == 0 ? Text(random) : Written(pattern, random);
                bool expected = regex.IsMatch(text);
                matches += expected ? 1 : 0;
                Assert.True(expected == GrammarTexts.Regex(pattern).Accepts(text), $"'{pattern}' on '{text}': .NET says {expected}");
            }
        }

        Assert.InRange(matches, 4000, 14_000); // neither side of the comparison is empty
    }

    [Theory]
    [InlineData("a(?=b)", "look-ahead '(?='")]
    [InlineData("a(?!b)", "look-ahead '(?!'")]
    [InlineData("(?<=a)b", "look-behind '(?<='")]
    [InlineData("(?>a)b", "atomic")]
    [InlineData("(?i)a", "group '(?i'")]
    [InlineData("(a)\\1", "back-reference")]
    [InlineData("\\bword", "word's border")]
    [InlineData("a++", "possessive")]
    [InlineData("a**", "cannot be repeated")]
    [InlineData("*a", "nothing to repeat")]
    [InlineData("(a", "not closed")]
    [InlineData("a)", "closes nothing")]
    [InlineData("[a", "not closed")]
    [InlineData("[z-a]", "run upwards")]
    [InlineData("a{3,2}", "n up to m")]
    [InlineData("a{9999999}", "counts to")]
    [InlineData("a^b", "'^' is supported at")]
    [InlineData("(a$)b", "'$' is supported at")]
    [InlineData("\\p{Klingon}", "general categories")]
    [InlineData("\\q", "escape '\\q'")]
    public void What_is_not_supported_is_refused_by_name(string pattern, string problem)
    {
        Granary.Errors.GranaryException refusal = Assert.Throws<Granary.Errors.GranaryException>(() => GrammarTexts.Regex(pattern));
        Assert.Equal("regex", refusal.Parameter);
        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"\p{Lu}\p{Ll}+", "Ärger", true)]
    [InlineData(@"\p{Lu}\p{Ll}+", "ärger", false)]
    [InlineData(@"\P{L}", "1", true)]
    [InlineData(@"[\u{1F600}-\u{1F64F}]{2}", "😀🙏", true)]
    [InlineData(@"^.$", "😀", true)]
    [InlineData(@"(?<year>[0-9]{4})-x", "2026-x", true)]
    [InlineData(@"^a|b$", "b", true)]
    [InlineData(@"\x41\u0042\.\/", "AB./", true)]
    [InlineData(@"[^\d\s]", "7", false)]
    [InlineData(@"[\]\-]+", "]-", true)]
    [InlineData("a{,2}", "a{,2}", true)]
    public void Syntax_means_what_ECMAScript_says(string pattern, string text, bool expected) =>
        Assert.Equal(expected, GrammarTexts.Regex(pattern).Accepts(text));

    [Fact]
    public void Every_character_of_a_set_and_no_other_is_allowed()
    {
        (int First, int Last)[] ranges = [(0x41, 0x7FE), (0x801, 0xD7FE), (0xE001, 0xFFFD), (0x10001, 0x3FFFF), (0x100010, 0x10FFFE)];
        string pattern = "[" + string.Concat(ranges.Select(range => $"\\u{{{range.First:x}}}-\\u{{{range.Last:x}}}")) + "]";
        TokenConstraint start = GrammarTexts.Regex(pattern);
        IEnumerable<int> borders = ranges.SelectMany(range => (int[])[range.First - 1, range.First, range.Last, range.Last + 1, (range.First + range.Last) / 2])
            .Concat([0x7F, 0x80, 0x7FF, 0x800, 0xFFF, 0x1000, 0xCFFF, 0xD000, 0xFFFF, 0x10000, 0x3FFFF, 0x40000, 0x10FFFF]);
        foreach (int codePoint in borders.Where(Rune.IsValid))
        {
            bool expected = ranges.Any(range => codePoint >= range.First && codePoint <= range.Last);
            Assert.True(expected == GrammarTexts.Regex(pattern).Accepts(new Rune(codePoint).ToString()), $"U+{codePoint:X}");
        }

        Assert.False(start.TryAccept([0xED, 0xA0])); // a surrogate
        Assert.False(GrammarTexts.Regex(pattern).TryAccept([0xC1]));
        Assert.False(GrammarTexts.Regex(pattern).TryAccept([0xF5]));
    }

    private static string Pattern(Random random, int depth)
    {
        if (depth == 0)
        {
            string[] atoms = ["a", "b", "c", "x", "[a-c]", "[^ab]", "\\d", "\\w", "\\s", ".", "\\.", "[0-9_-]", "é", "世", "[é世]", "\\W", "\\\\"];
            return atoms[random.Next(atoms.Length)];
        }

        return random.Next(7) switch
        {
            0 => $"{Pattern(random, depth - 1)}|{Pattern(random, depth - 1)}",
            1 => $"({Pattern(random, depth - 1)})*",
            2 => $"(?:{Pattern(random, depth - 1)})+",
            3 => $"({Pattern(random, depth - 1)})?",
            4 => $"({Pattern(random, depth - 1)}){{{random.Next(2)},{random.Next(2, 4)}}}",
            5 => $"({Pattern(random, depth - 1)})*?",
            _ => $"({Pattern(random, depth - 1)})({Pattern(random, depth - 1)})",
        };
    }

    /// <summary>ECMAScript's classes in .NET's syntax: its engine that does not backtrack has no option for them.</summary>
    private static string Spelled(string pattern) => pattern
        .Replace("\\d", "[0-9]", StringComparison.Ordinal).Replace("\\w", "[A-Za-z0-9_]", StringComparison.Ordinal).Replace("\\W", "[^A-Za-z0-9_]", StringComparison.Ordinal);

    private static string Text(Random random) => string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));

    /// <summary>A text that the constraint itself writes: .NET must accept it, unless it is cut.</summary>
    private static string Written(string pattern, Random random)
    {
        TokenConstraint constraint = GrammarTexts.Regex(pattern);
        List<byte> bytes = [];
        while (!constraint.IsFinished && bytes.Count < 30)
        {
            List<int> allowed = [.. ConstrainedText.Allowed(constraint)];
            bool mayEnd = allowed.Contains(ListTokenizer.OfBytes.EndToken);
            List<int> known = allowed.FindAll(token => token < 256 && Encoding.UTF8.GetBytes(Alphabet).Contains((byte)token));
            if ((mayEnd && random.Next(4) == 0) || known.Count == 0)
            {
                break;
            }

            int next = known[random.Next(known.Count)];
            constraint.Accept(next);
            bytes.Add((byte)next);
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
