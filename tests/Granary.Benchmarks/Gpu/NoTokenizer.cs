using Granary.Models;

namespace Granary.Benchmarks.Gpu;

/// <summary>For engines whose tokens alone are looked at: no token has a text.</summary>
internal sealed class NoTokenizer : ITokenizer, ITokenStreamDecoder
{
    public int VocabularySize => int.MaxValue;

    public int[] Encode(string text, bool parseSpecialTokens = true, bool addSpecialTokens = false) => [];

    public string Decode(ReadOnlySpan<int> tokens, bool skipSpecialTokens = true) => "";

    public ITokenStreamDecoder CreateStreamDecoder(bool skipSpecialTokens = true) => this;

    public string Append(int token) => "";

    public string Flush() => "";
}
