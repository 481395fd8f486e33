using System.Text;
using Granary.Models;

namespace Granary.Engine.Tests.Toy;

/// <summary>Token n is a piece of UTF-8: a letter, or one of the bytes of a character that needs several, so that most tokens leave something unfinished.</summary>
internal sealed class FragmentTokenizer : ITokenizer
{
    private static readonly byte[][] Pieces =
        [.. Enumerable.Range(0, 101).Select(token => token < 60 ? [(byte)('A' + (token % 26))] : new[] { Encoding.UTF8.GetBytes("é€😀")[token % 9] })];

    public int VocabularySize => Pieces.Length;

    public int[] Encode(string text, bool parseSpecialTokens = true, bool addSpecialTokens = false) => throw new NotSupportedException();

    public string Decode(ReadOnlySpan<int> tokens, bool skipSpecialTokens = true)
    {
        ITokenStreamDecoder decoder = CreateStreamDecoder();
        var text = new StringBuilder();
        foreach (int token in tokens)
        {
            text.Append(decoder.Append(token));
        }

        return text.Append(decoder.Flush()).ToString();
    }

    public byte[] BytesOf(int token) => Pieces[token];

    public ITokenStreamDecoder CreateStreamDecoder(bool skipSpecialTokens = true) => new PieceDecoder();

    private sealed class PieceDecoder : ITokenStreamDecoder
    {
        private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
        private readonly char[] _chars = new char[8];

        public string Append(int token) => Decode(Pieces[token], flush: false);

        public string Flush() => Decode([], flush: true);

        private string Decode(byte[] bytes, bool flush) => new(_chars, 0, _decoder.GetChars(bytes, _chars, flush));
    }
}
