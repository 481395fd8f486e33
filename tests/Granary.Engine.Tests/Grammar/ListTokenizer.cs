using System.Text;
using Granary.Models;

namespace Granary.Engine.Tests.Grammar;

/// <summary>Tokens of any bytes; the last one ends a sequence.</summary>
internal sealed class ListTokenizer : ITokenizer
{
    public const string End = "<end>";
    private readonly byte[][] _tokens;

    public ListTokenizer(params IEnumerable<byte[]> tokens) => _tokens = [.. tokens, Encoding.UTF8.GetBytes(End)];

    public ListTokenizer(params IEnumerable<string> tokens)
        : this(tokens.Select(Encoding.UTF8.GetBytes))
    {
    }

    /// <summary>A token for each byte.</summary>
    public static ListTokenizer OfBytes { get; } = new(Enumerable.Range(0, 256).Select(value => new[] { (byte)value }));

    public int VocabularySize => _tokens.Length;

    public int EndToken => _tokens.Length - 1;

    public byte[] BytesOf(int token) => _tokens[token];

    public string Decode(ReadOnlySpan<int> tokens, bool skipSpecialTokens = true)
    {
        List<byte> bytes = [];
        foreach (int token in tokens)
        {
            bytes.AddRange(token == EndToken && skipSpecialTokens ? [] : _tokens[token]);
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    public int[] Encode(string text, bool parseSpecialTokens = true, bool addSpecialTokens = false) => throw new NotSupportedException();

    public ITokenStreamDecoder CreateStreamDecoder(bool skipSpecialTokens = true) => throw new NotSupportedException();
}
