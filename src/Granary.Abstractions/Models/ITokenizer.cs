using System.Text;

namespace Granary.Models;

/// <summary>Text to token ids and back, byte for byte as Hugging Face tokenizers does it.</summary>
public interface ITokenizer
{
    /// <summary>Number of ids, added tokens included.</summary>
    int VocabularySize { get; }

    /// <summary>Encodes <paramref name="text"/> in time linear in its length.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="parseSpecialTokens">Whether the text of a special token becomes that token; <see langword="false"/> for what users write.</param>
    /// <param name="addSpecialTokens">Whether the post-processor adds tokens such as BOS; chat templates write their own.</param>
    int[] Encode(string text, bool parseSpecialTokens = true, bool addSpecialTokens = false);

    /// <summary>Decodes ids; bytes that are no UTF-8 become U+FFFD. An id from <see cref="VocabularySize"/> on, which a model's padding has, is no text.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative.</exception>
    string Decode(ReadOnlySpan<int> tokens, bool skipSpecialTokens = true);

    /// <summary>
    /// The bytes that a token adds to a text that it does not begin, so that a leading space counts; a special token's are those of its name. Not always whole
    /// characters; none for an id from <see cref="VocabularySize"/> on.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is negative.</exception>
    byte[] BytesOf(int token) => Encoding.UTF8.GetBytes(Decode([token], skipSpecialTokens: false));

    /// <summary>A decoder for one stream, which holds back an unfinished UTF-8 character.</summary>
    ITokenStreamDecoder CreateStreamDecoder(bool skipSpecialTokens = true);
}
