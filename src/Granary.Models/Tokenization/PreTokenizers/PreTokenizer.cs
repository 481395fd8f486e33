using System.Text;
using Granary.Models.Tokenization.Bpe;

namespace Granary.Models.Tokenization.PreTokenizers;

/// <summary>Cuts a text into the pieces that are encoded apart.</summary>
internal abstract class PreTokenizer
{
    public abstract void Apply(Pieces pieces);
}

/// <summary>Several in turn.</summary>
internal sealed class SequencePreTokenizer(IReadOnlyList<PreTokenizer> items) : PreTokenizer
{
    public override void Apply(Pieces pieces)
    {
        foreach (var item in items)
        {
            item.Apply(pieces);
        }
    }
}

/// <summary>Cuts where a pattern matches.</summary>
internal sealed class SplitPreTokenizer(Delimiter delimiter, SplitBehaviour behaviour, bool invert) : PreTokenizer
{
    public override void Apply(Pieces pieces)
    {
        var parts = new List<(int Start, int End, bool IsMatch)>();
        pieces.Split((text, start, end, ranges) =>
        {
            parts.Clear();
            delimiter.Find(text, start, end, parts);
            behaviour.Join(parts, invert, ranges);
        });
    }
}

/// <summary>Writes each byte of the UTF-8 form as a printable character, after GPT-2's split if wanted.</summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex) : PreTokenizer
{
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private static readonly Lazy<SplitPreTokenizer> Split = new(() => new(new RegexDelimiter(new(Gpt2, new())), SplitBehaviour.Isolated, invert: false));

    public override void Apply(Pieces pieces)
    {
        if (addPrefixSpace)
        {
            pieces.Rewrite((builder, piece, _) => builder.Append(piece.StartsWith(' ') ? "" : " ").Append(piece));
        }

        if (useRegex)
        {
            Split.Value.Apply(pieces);
        }

        pieces.Rewrite(WriteBytes);
    }

    private static void WriteBytes(StringBuilder builder, ReadOnlySpan<char> piece, bool isFirst)
    {
        Span<byte> bytes = stackalloc byte[512];
        Span<char> chars = stackalloc char[512];
        while (piece.Length > 0)
        {
            Encoding.UTF8.GetEncoder().Convert(piece[..Math.Min(piece.Length, Fitting(piece))], bytes, flush: true, out var read, out var written, out _);
            for (var i = 0; i < written; i++)
            {
                chars[i] = ByteAlphabet.Char(bytes[i]);
            }

            builder.Append(chars[..written]);
            piece = piece[read..];
        }
    }

    /// <summary>How many characters surely fit into the buffer without cutting a surrogate pair.</summary>
    private static int Fitting(ReadOnlySpan<char> piece)
    {
        const int Most = 170;
        return piece.Length <= Most ? piece.Length : char.IsHighSurrogate(piece[Most - 1]) ? Most - 1 : Most;
    }
}

/// <summary>SentencePiece's visible space.</summary>
internal sealed class MetaspacePreTokenizer(char replacement, PrependScheme scheme, bool split) : PreTokenizer
{
    private readonly SplitPreTokenizer _split = new(new TextDelimiter(replacement.ToString()), SplitBehaviour.MergedWithNext, invert: false);

    public override void Apply(Pieces pieces)
    {
        pieces.Rewrite((builder, piece, isFirst) =>
        {
            var starts = piece.Length > 0 && (piece[0] == replacement || piece[0] == ' ');
            if (!starts && (scheme == PrependScheme.Always || (scheme == PrependScheme.First && isFirst)))
            {
                builder.Append(replacement);
            }

            var from = builder.Length;
            builder.Append(piece).Replace(' ', replacement, from, piece.Length);
        });
        if (split)
        {
            _split.Apply(pieces);
        }
    }
}

/// <summary>When Metaspace writes a space in front.</summary>
internal enum PrependScheme
{
    Always,
    First,
    Never,
}
