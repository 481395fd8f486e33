using Granary.Models.Tokenization.Decoders;

namespace Granary.Models.Tokenization;

/// <summary>Runs tokens through the decoder chain and hands out what has become certain.</summary>
internal sealed class StreamDecoder : ITokenStreamDecoder
{
    private readonly HuggingFaceTokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly DecoderOutput _output = new();
    private readonly DecoderStream _chain;

    public StreamDecoder(HuggingFaceTokenizer tokenizer, bool skipSpecialTokens)
    {
        (_tokenizer, _skipSpecialTokens) = (tokenizer, skipSpecialTokens);
        _chain = tokenizer.OpenDecoder(_output);
    }

    public string Append(int token)
    {
        Feed(token);
        return _output.Take();
    }

    public string Flush()
    {
        _chain.Flush();
        return _output.Take();
    }

    /// <summary>As <see cref="Append"/>, without taking the text yet.</summary>
    public void Feed(int token)
    {
        if (_tokenizer.TextOf(token, _skipSpecialTokens) is { } text)
        {
            _chain.Append(text);
        }
    }
}

/// <summary>A tokenizer without decoder puts spaces between tokens.</summary>
internal sealed class SpacedStream(DecoderStream next) : DecoderStream(next)
{
    private bool _isFirst = true;

    public override void Append(string token)
    {
        Next.Append(_isFirst ? token : " " + token);
        _isFirst = false;
    }
}
