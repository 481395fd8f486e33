namespace Granary.Sessions;

/// <summary>Titles that lists show.</summary>
internal static class SessionTitle
{
    /// <summary>Title of a conversation in which nothing was said.</summary>
    public const string Empty = "New conversation";

    private const int MaxLength = 60;

    /// <summary>The first line of <paramref name="text"/> with something in it, shortened at a word to 60 characters.</summary>
    public static string From(string text)
    {
        var line = text.AsSpan().Trim();
        var end = line.IndexOfAny('\r', '\n');
        if (end >= 0)
        {
            line = line[..end].TrimEnd();
        }

        if (line.IsEmpty)
        {
            return Empty;
        }

        if (line.Length <= MaxLength)
        {
            return line.ToString();
        }

        var head = line[..(MaxLength - 1)];
        var space = head.LastIndexOf(' ');
        if (space > MaxLength / 2)
        {
            head = head[..space];
        }
        else if (char.IsHighSurrogate(head[^1]))
        {
            head = head[..^1];
        }

        return $"{head.TrimEnd()}…";
    }
}
