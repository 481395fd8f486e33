using Granary.Errors;
using Granary.Models;

namespace Granary.Grains.Tests.Fixtures;

/// <summary>A tokenizer that is not there for its first uses.</summary>
internal sealed class AwayTokenizer(int uses) : ITokenizer
{
    private readonly ByteTokenizer _inner = new();
    private int _uses;

    public int VocabularySize => _inner.VocabularySize;

    public int[] Encode(string text, bool parseSpecialTokens = true, bool addSpecialTokens = false) => Interlocked.Increment(ref _uses) > uses
        ? _inner.Encode(text, parseSpecialTokens, addSpecialTokens)
        : throw new GranaryException(ErrorCode.Unavailable, "Away.");

    public string Decode(ReadOnlySpan<int> tokens, bool skipSpecialTokens = true) => _inner.Decode(tokens, skipSpecialTokens);

    public ITokenStreamDecoder CreateStreamDecoder(bool skipSpecialTokens = true) => _inner.CreateStreamDecoder(skipSpecialTokens);
}
