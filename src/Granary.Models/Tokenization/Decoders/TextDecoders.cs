namespace Granary.Models.Tokenization.Decoders;

/// <summary>Applies a function to each token.</summary>
internal sealed class MapDecoder(Func<string, bool, string> map) : DecoderStep
{
    public override DecoderStream Open(DecoderStream next) => new Stream(next, map);

    private sealed class Stream(DecoderStream next, Func<string, bool, string> map) : DecoderStream(next)
    {
        private bool _isFirst = true;

        public override void Append(string token)
        {
            Next.Append(map(token, _isFirst));
            _isFirst = false;
        }
    }
}

/// <summary>Holds everything back and applies a function to the whole: for steps after Fuse that cannot work on parts.</summary>
internal sealed class WholeDecoder(Func<string, string> map) : DecoderStep
{
    public override DecoderStream Open(DecoderStream next) => new Stream(next, map);

    private sealed class Stream(DecoderStream next, Func<string, string> map) : DecoderStream(next)
    {
        private readonly System.Text.StringBuilder _text = new();

        public override void Append(string token) => _text.Append(token);

        public override void Flush()
        {
            Next.Append(map(_text.ToString()));
            _text.Clear();
            base.Flush();
        }
    }
}

/// <summary>Takes up to <paramref name="start"/> characters off the beginning of the fused text and <paramref name="stop"/> off its end.</summary>
internal sealed class FusedStripDecoder(char content, int start, int stop) : DecoderStep
{
    public override DecoderStream Open(DecoderStream next) => new Stream(next, content, start, stop);

    private sealed class Stream(DecoderStream next, char content, int start, int stop) : DecoderStream(next)
    {
        private int _left = start;
        private int _held;

        public override void Append(string token)
        {
            var from = 0;
            while (_left > 0 && from < token.Length)
            {
                if (token[from] != content)
                {
                    _left = 0;
                    break;
                }

                from++;
                _left--;
            }

            var text = new string(content, _held) + token[from..];
            var end = text.Length;
            while (end > 0 && text.Length - end < stop && text[end - 1] == content)
            {
                end--;
            }

            _held = text.Length - end;
            if (end > 0)
            {
                Next.Append(text[..end]);
            }
        }
    }
}
