namespace Granary.Models.ToolCalls;

/// <summary>What the end of a text may become.</summary>
internal static class TextEnd
{
    /// <summary>Length of the longest end of <paramref name="text"/> that begins <paramref name="marker"/> without being all of it.</summary>
    public static int LengthOfPrefixOf(string marker, string text)
    {
        for (var length = Math.Min(marker.Length - 1, text.Length); length > 0; length--)
        {
            if (text.AsSpan(text.Length - length).SequenceEqual(marker.AsSpan(0, length)))
            {
                return length;
            }
        }

        return 0;
    }
}
