using Granary.Models.Tokenization.Regexes;

namespace Granary.Models.Tokenization.PreTokenizers;

/// <summary>Finds where a text is cut.</summary>
internal abstract class Delimiter
{
    /// <summary>Covers the range with parts that match and parts between them.</summary>
    public abstract void Find(string text, int start, int end, List<(int Start, int End, bool IsMatch)> parts);

    protected static void Add(List<(int Start, int End, bool IsMatch)> parts, ref int done, int start, int end)
    {
        if (done < start)
        {
            parts.Add((done, start, false));
        }

        parts.Add((start, end, true));
        done = end;
    }

    protected static void Close(List<(int Start, int End, bool IsMatch)> parts, int done, int end)
    {
        if (done < end)
        {
            parts.Add((done, end, false));
        }
    }
}

internal sealed class RegexDelimiter(TokenRegex regex) : Delimiter
{
    public override void Find(string text, int start, int end, List<(int Start, int End, bool IsMatch)> parts)
    {
        var matches = new List<(int Start, int End)>();
        regex.FindAll(text.AsSpan(start, end - start), matches);
        var done = start;
        foreach (var match in matches)
        {
            Add(parts, ref done, start + match.Start, start + match.End);
        }

        Close(parts, done, end);
    }
}

internal sealed class TextDelimiter(string value) : Delimiter
{
    public override void Find(string text, int start, int end, List<(int Start, int End, bool IsMatch)> parts)
    {
        var done = start;
        while (value.Length > 0 && text.IndexOf(value, done, end - done, StringComparison.Ordinal) is >= 0 and var at)
        {
            Add(parts, ref done, at, at + value.Length);
        }

        Close(parts, done, end);
    }
}

/// <summary>Each character of a set is a match of its own.</summary>
internal sealed class CharDelimiter(CharSet set) : Delimiter
{
    public override void Find(string text, int start, int end, List<(int Start, int End, bool IsMatch)> parts)
    {
        var done = start;
        for (var i = start; i < end;)
        {
            var pair = char.IsHighSurrogate(text[i]) && i + 1 < end;
            var width = pair ? 2 : 1;
            if (set.Contains(pair ? char.ConvertToUtf32(text[i], text[i + 1]) : text[i]))
            {
                Add(parts, ref done, i, i + width);
            }

            i += width;
        }

        Close(parts, done, end);
    }
}
