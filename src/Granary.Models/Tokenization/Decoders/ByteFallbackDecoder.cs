using System.Globalization;
using System.Text;

namespace Granary.Models.Tokenization.Decoders;

/// <summary>
/// Tokens such as <c>&lt;0xE2&gt;</c> to text. A run of them is held back until it ends: when any byte of the run is wrong, each of its
/// bytes becomes U+FFFD.
/// </summary>
internal sealed class ByteFallbackDecoder : DecoderStep
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public override DecoderStream Open(DecoderStream next) => new Stream(next);

    /// <summary>The byte that a token such as <c>&lt;0xE2&gt;</c> stands for.</summary>
    public static bool TryByte(string token, out byte value)
    {
        value = 0;
        return token is ['<', '0', 'x', _, _, '>'] && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private sealed class Stream(DecoderStream next) : DecoderStream(next)
    {
        private readonly List<byte> _run = [];

        public override void Append(string token)
        {
            if (TryByte(token, out var b))
            {
                _run.Add(b);
                return;
            }

            EndRun();
            Next.Append(token);
        }

        public override void Flush()
        {
            EndRun();
            base.Flush();
        }

        private void EndRun()
        {
            if (_run.Count == 0)
            {
                return;
            }

            string text;
            try
            {
                text = Strict.GetString([.. _run]);
            }
            catch (DecoderFallbackException)
            {
                text = new string('\ufffd', _run.Count);
            }

            _run.Clear();
            Next.Append(text);
        }
    }
}
