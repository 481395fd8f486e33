using System.Text;

namespace Granary.Engine.Grammar.Regexes;

/// <summary>A pattern and a place in it.</summary>
internal sealed class RegexReader(string pattern)
{
    public int Position { get; private set; }

    public bool IsAtEnd => Position == pattern.Length;

    /// <summary>The character here; NUL at the end.</summary>
    public char Peek(int offset = 0) => Position + offset < pattern.Length ? pattern[Position + offset] : '\0';

    public bool TryTake(char c)
    {
        if (IsAtEnd || pattern[Position] != c)
        {
            return false;
        }

        Position++;
        return true;
    }

    public bool TryTake(string text)
    {
        if (!pattern.AsSpan(Position).StartsWith(text, StringComparison.Ordinal))
        {
            return false;
        }

        Position += text.Length;
        return true;
    }

    /// <summary>Takes one Unicode character.</summary>
    public int TakeCodePoint()
    {
        if (Rune.DecodeFromUtf16(pattern.AsSpan(Position), out Rune rune, out int used) != System.Buffers.OperationStatus.Done)
        {
            throw Error(IsAtEnd ? "the pattern ends too early" : "half a surrogate pair is no character");
        }

        Position += used;
        return rune.Value;
    }

    /// <summary>Takes everything up to a character, and that one.</summary>
    public string TakeUntil(char end)
    {
        int at = pattern.IndexOf(end, Position);
        if (at < 0)
        {
            throw Error($"'{end}' is missing");
        }

        string text = pattern[Position..at];
        Position = at + 1;
        return text;
    }

    public string Take(int characters)
    {
        if (Position + characters > pattern.Length)
        {
            throw Error("the pattern ends too early");
        }

        Position += characters;
        return pattern.Substring(Position - characters, characters);
    }

    public void Return(int position) => Position = position;

    public ConstraintException Error(string problem) => new($"{problem} (at character {Position} of the regular expression)");
}
