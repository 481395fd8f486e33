using System.Collections.Concurrent;
using System.Text;
using Granary.Models.Tokenization.Bpe;

namespace Granary.Models.Tokenization.Decoders;

/// <summary>GPT-2's printable characters back to bytes and those to text.</summary>
internal sealed class ByteLevelDecoder : DecoderStep
{
    // Tokens that are whole characters, and their texts: a token that was met before costs no allocation. As many as the vocabulary has, at most.
    private readonly ConcurrentDictionary<string, string> _whole = new(StringComparer.Ordinal);

    public override DecoderStream Open(DecoderStream next) => new Stream(next, _whole);

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

    private sealed class Stream(DecoderStream next, ConcurrentDictionary<string, string> whole) : DecoderStream(next)
    {
        private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
        private int _missing; // bytes of an unfinished character, as its first byte says

        public override void Append(string token)
        {
            if (_missing == 0 && whole.TryGetValue(token, out var known))
            {
                Next.Append(known);
                return;
            }

            var wasWhole = _missing == 0;
            var bytes = BytesOf(token);
            foreach (var single in bytes)
            {
                _missing = single switch
                {
                    >= 0xF0 => 3,
                    >= 0xE0 => 2,
                    >= 0xC0 => 1,
                    >= 0x80 => Math.Max(0, _missing - 1),
                    _ => 0,
                };
            }

            if (wasWhole && _missing == 0)
            {
                whole[token] = Encoding.UTF8.GetString(bytes);
            }

            Emit(bytes, flush: false);
        }

        public override void Flush()
        {
            Emit([], flush: true);
            _missing = 0;
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
