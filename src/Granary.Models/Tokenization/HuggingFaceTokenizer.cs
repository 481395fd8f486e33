using System.Text;
using Granary.Models.Tokenization.Bpe;
using Granary.Models.Tokenization.Decoders;
using Granary.Models.Tokenization.Json;
using Granary.Models.Tokenization.Normalizers;
using Granary.Models.Tokenization.PostProcessors;
using Granary.Models.Tokenization.PreTokenizers;

namespace Granary.Models.Tokenization;

/// <summary>
/// A tokenizer as tokenizer.json of Hugging Face's library describes it: byte pair encoding over bytes or over SentencePiece's
/// characters. Safe to share between threads.
/// </summary>
public sealed class HuggingFaceTokenizer : ITokenizer
{
    private readonly BpeModel _model;
    private readonly Func<string, string>? _normalize;
    private readonly PreTokenizer? _preTokenizer;
    private readonly PostProcessor _postProcessor;
    private readonly IReadOnlyList<DecoderStep>? _decoder;
    private readonly AddedTokens _rawTokens;
    private readonly AddedTokens _normalizedTokens;
    private readonly string?[] _texts;
    private readonly HashSet<int> _special;

    private HuggingFaceTokenizer(TokenizerJson json)
    {
        var description = TokenizerFile.ReadModel(json["model"]);
        try
        {
            _model = new(description);
        }
        catch (FormatException e)
        {
            throw json["model"]["merges"].Error($"cannot be used: {e.Message}", e);
        }

        _normalize = NormalizerReader.Read(json["normalizer"]);
        _preTokenizer = PreTokenizerReader.Read(json["pre_tokenizer"]);
        _postProcessor = PostProcessor.Read(json["post_processor"]);
        _decoder = json["decoder"].IsNull ? null : DecoderReader.Read(json["decoder"]);
        var added = TokenizerFile.ReadAddedTokens(json["added_tokens"]);
        _rawTokens = new(added.Where(t => !t.Normalized).Select(t => (t.Content, t)));
        _normalizedTokens = new(added.Where(t => t.Normalized).Select(t => (_normalize?.Invoke(t.Content) ?? t.Content, t)));
        _special = [.. added.Where(t => t.Special).Select(t => t.Id)];
        _texts = Texts(description.Vocabulary, added, json["added_tokens"]);
        if (_postProcessor.Before.Concat(_postProcessor.After).Any(id => id >= _texts.Length))
        {
            throw json["post_processor"].Error("adds an id outside the vocabulary");
        }
    }

    /// <inheritdoc/>
    public int VocabularySize => _texts.Length;

    /// <summary>Reads tokenizer.json of a model folder.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="Granary.Errors.GranaryException">The file is missing, broken or uses something unknown; the message names file and field.</exception>
    public static HuggingFaceTokenizer Load(string folder)
    {
        var path = Path.Combine(folder, "tokenizer.json");
        using var document = TokenizerFile.Open(path);
        return new(new(document.RootElement, path, "", new()));
    }

    /// <summary>The id of a token written exactly as in the vocabulary or as an added token.</summary>
    public int? FindToken(string text)
    {
        var id = Array.IndexOf(_texts, text);
        return id < 0 ? null : id;
    }

    /// <inheritdoc/>
    public int[] Encode(string text, bool parseSpecialTokens = true, bool addSpecialTokens = false)
    {
        text = WithoutLoneSurrogates(text);
        var tokens = new List<int>(text.Length / 3 + 8);
        if (addSpecialTokens)
        {
            tokens.AddRange(_postProcessor.Before);
        }

        foreach (var (start, end, token) in _rawTokens.Split(text, parseSpecialTokens))
        {
            if (token is not null)
            {
                tokens.Add(token.Id);
                continue;
            }

            var part = start == 0 && end == text.Length ? text : text[start..end];
            EncodePart(_normalize?.Invoke(part) ?? part, start == 0, parseSpecialTokens, tokens);
        }

        if (addSpecialTokens)
        {
            tokens.AddRange(_postProcessor.After);
        }

        return [.. tokens];
    }

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> tokens, bool skipSpecialTokens = true)
    {
        var decoder = new StreamDecoder(this, skipSpecialTokens);
        foreach (var token in tokens)
        {
            decoder.Feed(token);
        }

        return decoder.Flush();
    }

    /// <inheritdoc/>
    public byte[] BytesOf(int token)
    {
        const string Before = "a";
        if (TextOf(token, skipSpecialTokens: false) is not { } text)
        {
            return [];
        }

        if (_decoder?.Any(step => step is ByteLevelDecoder) == true)
        {
            return ByteLevelDecoder.BytesOf(text);
        }

        if (_decoder?.Any(step => step is ByteFallbackDecoder) == true && ByteFallbackDecoder.TryByte(text, out var single))
        {
            return [single];
        }

        // Behind other text, whose beginning some decoders treat differently.
        var output = new DecoderOutput();
        var chain = OpenDecoder(output);
        chain.Append(Before);
        chain.Append(text);
        chain.Flush();
        return Encoding.UTF8.GetBytes(output.Take()[Before.Length..]);
    }

    /// <inheritdoc/>
    public ITokenStreamDecoder CreateStreamDecoder(bool skipSpecialTokens = true) => new StreamDecoder(this, skipSpecialTokens);

    internal DecoderStream OpenDecoder(DecoderOutput output) =>
        _decoder is null ? new SpacedStream(output) : _decoder.Reverse().Aggregate((DecoderStream)output, (next, step) => step.Open(next));

    /// <summary>The text of an id; null for one to leave out. A model may have rows beyond the vocabulary, for padding, and choose one: it is no text.</summary>
    internal string? TextOf(int token, bool skipSpecialTokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        return token >= _texts.Length || (skipSpecialTokens && _special.Contains(token)) ? null : _texts[token];
    }

    private void EncodePart(string text, bool isAtStart, bool parseSpecialTokens, List<int> tokens)
    {
        foreach (var (start, end, token) in _normalizedTokens.Split(text, parseSpecialTokens))
        {
            if (token is not null)
            {
                tokens.Add(token.Id);
                continue;
            }

            var pieces = new Pieces(start == 0 && end == text.Length ? text : text[start..end], isAtStart && start == 0);
            _preTokenizer?.Apply(pieces);
            foreach (var (from, to) in pieces.Ranges)
            {
                _model.Encode(pieces.Text.AsSpan(from, to - from), tokens);
            }
        }
    }

    private static string?[] Texts(Dictionary<string, int> vocabulary, List<AddedToken> added, TokenizerJson json)
    {
        var size = Math.Max(vocabulary.Values.DefaultIfEmpty(-1).Max(), added.Select(t => t.Id).DefaultIfEmpty(-1).Max()) + 1;
        var texts = new string?[size];
        foreach (var (text, id) in vocabulary)
        {
            texts[id] = text;
        }

        foreach (var token in added)
        {
            if (vocabulary.GetValueOrDefault(token.Content, token.Id) != token.Id || (texts[token.Id] ?? token.Content) != token.Content)
            {
                throw json.Error($"gives '{token.Content}' the id {token.Id}, which the vocabulary gives to something else");
            }

            texts[token.Id] = token.Content;
        }

        return texts;
    }

    private static string WithoutLoneSurrogates(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[++i])))
            {
                return string.Concat(text.EnumerateRunes());
            }
        }

        return text;
    }
}
