using Granary.Models;

namespace Granary.Engine.Grammar.Vocabulary;

/// <summary>A model's tokens as bytes: what constraints are matched against. Made once a model, shared by all its grammars.</summary>
internal sealed class TokenVocabulary
{
    private const int Bits = 64;
    private readonly byte[][] _bytes;
    private readonly byte[][] _firstBytes;

    private TokenVocabulary(byte[][] bytes, byte[][] firstBytes, int size, IEnumerable<int> endOfSequenceTokens)
    {
        (_bytes, _firstBytes, Size) = (bytes, firstBytes, size);
        Trie = new TokenTrie(bytes.Select((own, id) => (id, own)));
        FirstTrie = ReferenceEquals(bytes, firstBytes) ? Trie : new TokenTrie(firstBytes.Select((own, id) => (id, own)));
        EndMask = new ulong[(size + Bits - 1) / Bits];
        foreach (int token in endOfSequenceTokens)
        {
            EndMask[token / Bits] |= 1UL << (token % Bits);
        }

        ByLength = [.. bytes.Where(own => own.Length > 0)];
        Array.Sort(ByLength, static (a, b) => b.Length - a.Length);
        HashSet<byte> single = [.. bytes.Where(own => own.Length == 1).Select(own => own[0])];
        HasEveryByte = Enumerable.Range(0, 256).All(value => value is 0xC0 or 0xC1 or > 0xF4 || single.Contains((byte)value));
    }

    /// <summary>Size of a row of logits.</summary>
    public int Size { get; }

    /// <summary>All tokens that are text.</summary>
    public TokenTrie Trie { get; }

    /// <summary>The same where a token begins the output: some tokenizers drop a space there.</summary>
    public TokenTrie FirstTrie { get; }

    /// <summary>The end-of-sequence tokens.</summary>
    public ulong[] EndMask { get; }

    /// <param name="tokenizer">Gives the bytes of the tokens. Special ones are no text.</param>
    /// <param name="size">Size of a row of logits; ids that the tokenizer does not know are no text.</param>
    /// <param name="endOfSequenceTokens">No text either, whatever the tokenizer makes of them.</param>
    public static TokenVocabulary Create(ITokenizer tokenizer, int size, IReadOnlyList<int> endOfSequenceTokens)
    {
        byte[][] bytes = new byte[size][];
        byte[][] firstBytes = new byte[size][];
        bool differ = false;
        for (int id = 0; id < size; id++)
        {
            bytes[id] = firstBytes[id] = [];
            if (id < tokenizer.VocabularySize && !endOfSequenceTokens.Contains(id) && !IsSpecial(tokenizer, id))
            {
                bytes[id] = tokenizer.BytesOf(id);
                firstBytes[id] = AtStart(tokenizer, id, bytes[id]);
                differ |= bytes[id].Length != firstBytes[id].Length;
            }
        }

        return new TokenVocabulary(bytes, differ ? firstBytes : bytes, size, endOfSequenceTokens.Where(id => id < size));
    }

    /// <summary>Whether every byte of UTF-8 is a token, so that any text can be written: then a text that may go on has a token to go on with.</summary>
    public bool HasEveryByte { get; }

    /// <summary>All tokens that are text, the longest first.</summary>
    public byte[][] ByLength { get; }

    /// <summary>The bytes of a token; empty if it is no text.</summary>
    public byte[] BytesOf(int token, bool isFirst) => isFirst ? _firstBytes[token] : _bytes[token];

    public bool IsEnd(int token) => ((EndMask[token / Bits] >> (token % Bits)) & 1) != 0;

    // A special token is one that decoding may skip.
    private static bool IsSpecial(ITokenizer tokenizer, int id) =>
        tokenizer.Decode([id], skipSpecialTokens: true).Length == 0 && tokenizer.Decode([id], skipSpecialTokens: false).Length > 0;

    private static byte[] AtStart(ITokenizer tokenizer, int id, byte[] bytes)
    {
        int spaces = SpacesBefore(bytes);
        if (spaces == 0)
        {
            return bytes;
        }

        string decoded = tokenizer.Decode([id]);
        int kept = decoded.Length - decoded.TrimStart(' ').Length;
        return kept < spaces ? bytes[(spaces - kept)..] : bytes;
    }

    private static int SpacesBefore(byte[] bytes)
    {
        int count = bytes.AsSpan().IndexOfAnyExcept((byte)' ');
        return count < 0 ? bytes.Length : count;
    }
}
