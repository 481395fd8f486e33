namespace Granary.Models.Tokenization.Decoders;

/// <summary>A part of the decoder chain. Whole texts and streams run through the same code, so that both give the same text.</summary>
internal abstract class DecoderStep
{
    /// <summary>Starts one stream.</summary>
    public abstract DecoderStream Open(DecoderStream next);
}

/// <summary>One stream's state of a step. Tokens come in one by one and go on to the next step as soon as they are certain.</summary>
internal abstract class DecoderStream(DecoderStream? next)
{
    protected DecoderStream Next => next ?? throw new InvalidOperationException("the last step has no next one");

    public abstract void Append(string token);

    public virtual void Flush() => Next.Flush();
}

/// <summary>The end of the chain: collects text.</summary>
internal sealed class DecoderOutput() : DecoderStream(null)
{
    private readonly System.Text.StringBuilder _text = new();
    private string _first = ""; // nearly always all there is, and then handed on as it is

    public override void Append(string token)
    {
        if (_first.Length == 0)
        {
            _first = token;
        }
        else
        {
            _text.Append(token);
        }
    }

    public override void Flush()
    {
    }

    public string Take()
    {
        var text = _text.Length == 0 ? _first : _first + _text;
        _first = "";
        _text.Clear();
        return text;
    }
}
