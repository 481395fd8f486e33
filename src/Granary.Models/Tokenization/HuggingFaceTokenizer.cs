namespace Granary.Models.Tokenization;

/// <summary>A tokenizer as tokenizer.json describes it.</summary>
public sealed class HuggingFaceTokenizer : ITokenizer
{
    private HuggingFaceTokenizer(int vocabularySize) => VocabularySize = vocabularySize;

    /// <inheritdoc/>
    public int VocabularySize { get; }

    /// <summary>Reads tokenizer.json (and tokenizer_config.json, if there is one) of a model folder.</summary>
    /// <exception cref="Granary.Errors.GranaryException">The file is missing, broken or uses something unknown; the message names file and field.</exception>
    public static HuggingFaceTokenizer Load(string folder) => throw new NotImplementedException(folder);

    /// <inheritdoc/>
    public int[] Encode(string text, bool parseSpecialTokens = true, bool addSpecialTokens = false) => throw new NotImplementedException();

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> tokens, bool skipSpecialTokens = true) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ITokenStreamDecoder CreateStreamDecoder(bool skipSpecialTokens = true) => throw new NotImplementedException();
}
