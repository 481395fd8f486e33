using Granary.Models;

namespace Granary.Benchmarks.Nothing;

/// <summary>A token a letter; none is special.</summary>
internal sealed class NullTokenizer : ITokenizer
{
    public int VocabularySize => 256;

    public int[] Encode(string text, bool parseSpecialTokens = true, bool addSpecialTokens = false) => [.. text.Select(letter => letter & 0xFF)];

    public string Decode(ReadOnlySpan<int> tokens, bool skipSpecialTokens = true) => string.Concat(tokens.ToArray().Select(token => (char)token));

    public ITokenStreamDecoder CreateStreamDecoder(bool skipSpecialTokens = true) => throw new NotSupportedException();
}
