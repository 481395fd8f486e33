using System.Text;

namespace Granary.Engine.Output;

/// <summary>
/// Finds stop strings in text that comes in pieces. Text is let go once no stop string can begin in it, so nothing of a
/// stop string is ever shown. Allocates nothing once it has seen the longest piece.
/// </summary>
internal sealed class StopMatcher(string[] stops)
{
    private char[] _held = [];
    private int _count;

    /// <summary>Takes text in and writes what is certain to <paramref name="output"/>.</summary>
    /// <returns>Whether a stop string was met; what follows it is dropped.</returns>
    public bool Append(string text, StringBuilder output)
    {
        if (stops.Length == 0)
        {
            output.Append(text);
            return false;
        }

        ReadOnlySpan<char> held = Hold(text);
        int end = FirstStop(held);
        bool isStopped = end < held.Length;
        int certain = isStopped ? end : held.Length - LongestStopPrefix(held);
        output.Append(held[..certain]);
        _count = isStopped ? 0 : held.Length - certain;
        held.Slice(certain, _count).CopyTo(_held);
        return isStopped;
    }

    /// <summary>Lets go of what is held: the text ended otherwise.</summary>
    public void Flush(StringBuilder output)
    {
        output.Append(_held, 0, _count);
        _count = 0;
    }

    private ReadOnlySpan<char> Hold(string text)
    {
        int length = _count + text.Length;
        if (length > _held.Length)
        {
            Array.Resize(ref _held, Math.Max(length, 2 * _held.Length));
        }

        text.CopyTo(_held.AsSpan(_count));
        return _held.AsSpan(0, length);
    }

    /// <summary>Where the earliest stop string begins, or the text's length.</summary>
    private int FirstStop(ReadOnlySpan<char> text)
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
    private int LongestStopPrefix(ReadOnlySpan<char> text)
    {
        int longest = 0;
        foreach (string stop in stops)
        {
            for (int length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text[^length..].SequenceEqual(stop.AsSpan(0, length)))
                {
                    longest = length;
                }
            }
        }

        return longest;
    }
}
