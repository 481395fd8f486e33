using Granary.Models.Tokenization.Regexes;

namespace Granary.Models.Tokenization;

/// <summary>One entry of <c>added_tokens</c>.</summary>
internal sealed record AddedToken(int Id, string Content, bool Special, bool Normalized, bool LeftStrip, bool RightStrip, bool SingleWord)
{
    /// <summary>
    /// Whether users must not be able to write it. Some models mark turn borders such as <c>&lt;｜User｜&gt;</c> as not special;
    /// anything between <c>&lt;|</c> and <c>|&gt;</c> counts as well.
    /// </summary>
    public bool IsControl { get; } = Special
        || (Content.Length > 4 && Content[0] == '<' && Content[^1] == '>' && Content[1] is '|' or '｜' && Content[^2] is '|' or '｜');
}

/// <summary>Finds added tokens in a text, the leftmost and longest first, with an Aho-Corasick-like trie walk bounded by the longest token.</summary>
internal sealed class AddedTokens
{
    private readonly Dictionary<(int Node, char Next), int> _edges = [];
    private readonly List<AddedToken?> _ends = [null];
    private readonly bool[] _starts = new bool[0x10000];

    public AddedTokens(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        foreach (var (text, token) in tokens.Where(t => t.Text.Length > 0))
        {
            _starts[text[0]] = true;
            var node = 0;
            foreach (var c in text)
            {
                if (!_edges.TryGetValue((node, c), out var child))
                {
                    child = _ends.Count;
                    _edges.Add((node, c), child);
                    _ends.Add(null);
                }

                node = child;
            }

            _ends[node] ??= token;
        }
    }

    public bool IsEmpty => _ends.Count == 1;

    /// <summary>The parts of <paramref name="text"/> in order; a part without token is ordinary text.</summary>
    public List<(int Start, int End, AddedToken? Token)> Split(string text, bool parseControl)
    {
        var parts = new List<(int Start, int End, AddedToken? Token)>();
        var done = 0;
        for (var at = 0; at < text.Length;)
        {
            var match = _starts[text[at]] ? Longest(text, at) : null;
            if (match is not { } found)
            {
                at++;
                continue;
            }

            var (start, end) = (at, found.End);
            at = end;
            if ((found.Token.IsControl && !parseControl) || (found.Token.SingleWord && !StandsAlone(text, start, end)))
            {
                continue;
            }

            while (found.Token.LeftStrip && start > done && CharSet.IsSpace(text[start - 1]))
            {
                start--;
            }

            while (found.Token.RightStrip && end < text.Length && CharSet.IsSpace(text[end]))
            {
                end++;
            }

            if (done < start)
            {
                parts.Add((done, start, null));
            }

            parts.Add((start, end, found.Token));
            done = end;
            at = Math.Max(at, end);
        }

        if (done < text.Length)
        {
            parts.Add((done, text.Length, null));
        }

        return parts;
    }

    private (int End, AddedToken Token)? Longest(string text, int start)
    {
        (int, AddedToken)? best = null;
        var node = 0;
        for (var i = start; i < text.Length && _edges.TryGetValue((node, text[i]), out node); i++)
        {
            best = _ends[node] is { } token ? (i + 1, token) : best;
        }

        return best;
    }

    private static bool StandsAlone(string text, int start, int end) =>
        (start == 0 || !CharSet.IsWord(text[start - 1])) && (end == text.Length || !CharSet.IsWord(text[end]));
}
