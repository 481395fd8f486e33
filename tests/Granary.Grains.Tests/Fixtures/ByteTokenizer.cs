using System.Text;
using Granary.Models;

namespace Granary.Grains.Tests.Fixtures;

/// <summary>A token a byte, and three special tokens.</summary>
internal sealed class ByteTokenizer : ITokenizer
{
    public static readonly string[] Specials = ["<|im_start|>", "<|im_end|>", "<|end|>"];

    public int VocabularySize => Specials.Length + 256;

    public int[] Encode(string text, bool parseSpecialTokens = true, bool addSpecialTokens = false)
    {
        var tokens = new List<int>();
        for (var i = 0; i < text.Length;)
        {
            var special = parseSpecialTokens ? Array.FindIndex(Specials, other => text.AsSpan(i).StartsWith(other, StringComparison.Ordinal)) : -1;
            if (special >= 0)
            {
                tokens.Add(special);
                i += Specials[special].Length;
                continue;
            }

            var length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
            tokens.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, length)).Select(value => value + Specials.Length));
            i += length;
        }

        return [.. tokens];
    }

    public string Decode(ReadOnlySpan<int> tokens, bool skipSpecialTokens = true)
    {
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            if (token >= Specials.Length)
            {
                bytes.Add((byte)(token - Specials.Length));
            }
            else if (!skipSpecialTokens)
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(Specials[token]));
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    public ITokenStreamDecoder CreateStreamDecoder(bool skipSpecialTokens = true) => throw new NotSupportedException();
}
