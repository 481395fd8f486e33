using System.Text;

namespace Granary.Engine.Output;

/// <summary>
/// Finds stop strings in text that comes in pieces. Text is let go once no stop string can begin in it, so nothing of a
/// stop string is ever shown.
/// </summary>
internal sealed class StopMatcher(string[] stops)
{
    private readonly StringBuilder _held = new();

    /// <summary>Takes text in and writes what is certain to <paramref name="output"/>.</summary>
    /// <returns>Whether a stop string was met; what follows it is dropped.</returns>
    public bool Append(string text, StringBuilder output)
    {
        if (stops.Length == 0)
        {
            output.Append(text);
            return false;
        }

        _held.Append(text);
        string held = _held.ToString();
        _held.Clear();
        int end = FirstStop(held);
        if (end < held.Length)
        {
            output.Append(held.AsSpan(0, end));
            return true;
        }

        int certain = held.Length - LongestStopPrefix(held);
        output.Append(held.AsSpan(0, certain));
        _held.Append(held.AsSpan(certain));
        return false;
    }

    /// <summary>Lets go of what is held: the text ended otherwise.</summary>
    public void Flush(StringBuilder output)
    {
        output.Append(_held);
        _held.Clear();
    }

    /// <summary>Where the earliest stop string begins, or the text's length.</summary>
    private int FirstStop(string text)
    {
        int first = text.Length;
        foreach (string stop in stops)
        {
            int at = text.IndexOf(stop, StringComparison.Ordinal);
            first = at >= 0 ? Math.Min(first, at) : first;
        }

        return first;
    }

    /// <summary>Length of the longest end of the text that begins a stop string.</summary>
    private int LongestStopPrefix(string text)
    {
        int longest = 0;
        foreach (string stop in stops)
        {
            for (int length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                {
                    longest = length;
                }
            }
        }

        return longest;
    }
}
