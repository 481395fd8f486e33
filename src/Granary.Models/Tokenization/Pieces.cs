using System.Text;

namespace Granary.Models.Tokenization;

/// <summary>A text cut into pieces. A pre-tokenizer cuts it further or rewrites it.</summary>
internal sealed class Pieces(string text, bool isAtStart)
{
    /// <summary>The text that the pieces are ranges of.</summary>
    public string Text { get; private set; } = text;

    /// <summary>Whether the first piece is where the whole input starts.</summary>
    public bool IsAtStart { get; } = isAtStart;

    public List<(int Start, int End)> Ranges { get; private set; } = [(0, text.Length)];

    /// <summary>Replaces each piece by those that <paramref name="split"/> adds; empty ones are left out.</summary>
    public void Split(Action<string, int, int, List<(int Start, int End)>> split)
    {
        var ranges = new List<(int Start, int End)>();
        foreach (var (start, end) in Ranges)
        {
            split(Text, start, end, ranges);
        }

        ranges.RemoveAll(r => r.Start >= r.End);
        Ranges = ranges;
    }

    /// <summary>Writes each piece anew; borders stay between pieces.</summary>
    public void Rewrite(Action<StringBuilder, ReadOnlySpan<char>, bool> write)
    {
        var builder = new StringBuilder(Text.Length + Text.Length / 8);
        var ranges = new List<(int Start, int End)>(Ranges.Count);
        foreach (var (start, end) in Ranges)
        {
            var from = builder.Length;
            write(builder, Text.AsSpan(start, end - start), IsAtStart && ranges.Count == 0);
            ranges.Add((from, builder.Length));
        }

        Text = builder.ToString();
        Ranges = ranges;
    }
}
