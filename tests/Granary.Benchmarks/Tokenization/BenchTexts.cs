using System.Text;

namespace Granary.Benchmarks.Tokenization;

/// <summary>Texts whose UTF-8 form has a megabyte.</summary>
internal static class BenchTexts
{
    public const int Bytes = 1 << 20;
    public const int WarmUpChars = 20_000;

    private static readonly string[] Words =
        ["the", "quick", "brown", "fox", "internationalization", "Haus", "über", "getElementById()", "It's", "12345", "Hello,", "World!\n", "return", "Привет", "мир"];

    public static IEnumerable<(string Name, string Text)> All()
    {
        foreach (var (name, unit) in ((string, string)[])[("run of a", "a"), ("spaces", " "), ("newlines", "\n"), ("exclamation marks", "!"), ("ab", "ab"), ("emoji", "🙂"), ("emoji sequences", "👨‍👩‍👧‍👦"), ("one Han character", "漢"), ("combining marks", "\u0301"), ("mixed scripts", "Hallo Wörld Привет мир 你好世界 مرحبا नमस्ते 🇩🇪 ")])
        {
            yield return (name, Build(_ => unit));
        }

        yield return ("words", Build(random => Words[random.Next(Words.Length)] + " "));
        yield return ("words without spaces", Build(random => Words[random.Next(Words.Length)].Trim()));
        yield return ("random letters", Build(random => ((char)random.Next('a', 'z' + 1)).ToString()));
        yield return ("random ASCII", Build(random => ((char)random.Next(32, 127)).ToString()));
        yield return ("random digits", Build(random => ((char)random.Next('0', '9' + 1)).ToString()));
        yield return ("random bytes as Latin-1", Build(random => ((char)random.Next(256)).ToString()));
        yield return ("random Han", Build(random => ((char)random.Next(0x4e00, 0x9fa0)).ToString()));
        yield return ("random code points", Build(random => new Rune(random.Next(0xd800)).ToString()));
    }

    private static string Build(Func<Random, string> next)
    {
        var random = new Random(1);
        var builder = new StringBuilder(Bytes);
        for (var bytes = 0; bytes < Bytes;)
        {
            var part = next(random);
            builder.Append(part);
            bytes += Encoding.UTF8.GetByteCount(part);
        }

        return builder.ToString();
    }
}
