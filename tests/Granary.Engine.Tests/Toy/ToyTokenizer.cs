using Granary.Models;

namespace Granary.Engine.Tests.Toy;

/// <summary>Token n is the n-th character from 'A' on, so that text says exactly which tokens came.</summary>
internal sealed class ToyTokenizer(int vocabularySize = 101) : ITokenizer
{
    public int VocabularySize => vocabularySize;

    public static string TextOf(IEnumerable<int> tokens) => string.Concat(tokens.Select(CharOf));

    public int[] Encode(string text, bool parseSpecialTokens = true, bool addSpecialTokens = false) => [.. text.Select(c => c - 'A')];

    public string Decode(ReadOnlySpan<int> tokens, bool skipSpecialTokens = true) => TextOf(tokens.ToArray());

    public ITokenStreamDecoder CreateStreamDecoder(bool skipSpecialTokens = true) => new Decoder();

    private static string CharOf(int token) => ((char)('A' + token)).ToString();

    private static readonly string[] Chars = [.. Enumerable.Range(0, 1000).Select(CharOf)];

    private sealed class Decoder : ITokenStreamDecoder
    {
        public string Append(int token) => Chars[token];

        public string Flush() => "";
    }
}
