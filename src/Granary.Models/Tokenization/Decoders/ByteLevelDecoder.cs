using System.Text;
using Granary.Models.Tokenization.Bpe;

namespace Granary.Models.Tokenization.Decoders;

/// <summary>GPT-2's printable characters back to bytes and those to text.</summary>
internal sealed class ByteLevelDecoder : DecoderStep
{
    public override DecoderStream Open(DecoderStream next) => new Stream(next);

    /// <summary>The bytes of a token; an added one with other characters stands for itself.</summary>
    public static byte[] BytesOf(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            if (!ByteAlphabet.TryByte(token[i], out bytes[i]))
            {
                return Encoding.UTF8.GetBytes(token);
            }
        }

        return bytes;
    }

    private sealed class Stream(DecoderStream next) : DecoderStream(next)
    {
        private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();

        public override void Append(string token) => Emit(BytesOf(token), flush: false);

        public override void Flush()
        {
            Emit([], flush: true);
            base.Flush();
        }

        private void Emit(byte[] bytes, bool flush)
        {
            var chars = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
            var count = _utf8.GetChars(bytes, chars, flush);
            if (count > 0)
            {
                Next.Append(new string(chars, 0, count));
            }
        }
    }
}
