using System.Text;
using Granary.Engine.Grammar.Expressions;

namespace Granary.Engine.Grammar.Regexes;

/// <summary>Sets of characters as expressions over the bytes of their UTF-8 forms.</summary>
internal static class Utf8Expressions
{
    private static readonly int[] LastOfLength = [0x7F, 0x7FF, 0xFFFF, 0x10FFFF];

    public static Expression Characters(ExpressionBuilder builder, CodePoints characters)
    {
        builder.CountRanges(characters.Ranges.Count);
        return builder.Choice(characters.Ranges.SelectMany(range => Split(range.First, range.Last)).Select(part => Between(builder, part.First, part.Last)).ToList());
    }

    /// <summary>Cut where the length of the form changes.</summary>
    private static IEnumerable<(byte[] First, byte[] Last)> Split(int first, int last)
    {
        foreach (int end in LastOfLength)
        {
            if (first <= end && first <= last)
            {
                int to = Math.Min(last, end);
                yield return (Bytes(first), Bytes(to));
                first = to + 1;
            }
        }
    }

    /// <summary>Forms of one length from one to another, both included.</summary>
    private static Expression Between(ExpressionBuilder builder, ReadOnlySpan<byte> first, ReadOnlySpan<byte> last)
    {
        if (first.Length == 0)
        {
            return builder.Empty;
        }

        if (first[0] == last[0])
        {
            return builder.Sequence(builder.Bytes(ByteSet.Of(first[0])), Between(builder, first[1..], last[1..]));
        }

        // The first byte's rest from below, the last byte's rest from above, and whatever lies between.
        bool wholeFirst = first[1..].IndexOfAnyExcept((byte)0x80) < 0;
        bool wholeLast = last[1..].IndexOfAnyExcept((byte)0xBF) < 0;
        int from = wholeFirst ? first[0] : first[0] + 1;
        int to = wholeLast ? last[0] : last[0] - 1;
        Expression result = builder.Nothing;
        if (!wholeFirst)
        {
            result = builder.Sequence(builder.Bytes(ByteSet.Of(first[0])), Between(builder, first[1..], Highest(first.Length - 1)));
        }

        if (from <= to)
        {
            Expression rest = builder.Repeat(builder.Bytes(ByteSet.Range(0x80, 0xBF)), first.Length - 1, first.Length - 1);
            result = builder.Choice(result, builder.Sequence(builder.Bytes(ByteSet.Range((byte)from, (byte)to)), rest));
        }

        return wholeLast
            ? result
            : builder.Choice(result, builder.Sequence(builder.Bytes(ByteSet.Of(last[0])), Between(builder, Lowest(last.Length - 1), last[1..])));
    }

    private static byte[] Highest(int length) => [.. Enumerable.Repeat((byte)0xBF, length)];

    private static byte[] Lowest(int length) => [.. Enumerable.Repeat((byte)0x80, length)];

    private static byte[] Bytes(int codePoint)
    {
        byte[] bytes = new byte[4];
        return bytes[..new Rune(codePoint).EncodeToUtf8(bytes)];
    }
}
