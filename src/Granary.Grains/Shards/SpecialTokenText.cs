using System.Text;
using Granary.Models;

namespace Granary.Shards;

/// <summary>
/// The texts of a tokenizer's special tokens, and a way to write them in a message without meaning them: the first character of such a text is replaced by
/// a stand-in from Unicode's noncharacters (U+FDD0–U+FDEF), which no text may hold. Templates see all else of a message as it is, so that their trimming,
/// splitting and comparing work as usual; what they write themselves has no stand-ins and keeps its meaning.
/// </summary>
internal sealed class SpecialTokenText
{
    private const char FirstStandIn = '\uFDD0';
    private const int StandIns = 32;
    private const char Replacement = '\uFFFD';

    // Longest first: of two tokens that start at the same place the longer one is meant.
    private readonly string[] _texts;
    private readonly string _starts;

    private SpecialTokenText(IEnumerable<string> texts)
    {
        _texts = [.. texts.Distinct(StringComparer.Ordinal).OrderByDescending(text => text.Length).ThenBy(text => text, StringComparer.Ordinal)];
        _starts = new string([.. _texts.Select(text => text[0]).Distinct()]);
        if (_starts.Length > StandIns)
        {
            throw new NotSupportedException($"Special tokens of this tokenizer start with {_starts.Length} different characters; at most {StandIns} can be told from text.");
        }
    }

    /// <summary>Finds the special tokens: those that decode to something alone when special tokens are not skipped.</summary>
    public static SpecialTokenText Of(ITokenizer tokenizer)
    {
        var texts = new List<string>();
        Span<int> token = stackalloc int[1];
        for (token[0] = 0; token[0] < tokenizer.VocabularySize; token[0]++)
        {
            if (tokenizer.Decode(token, skipSpecialTokens: true).Length == 0 && tokenizer.Decode(token, skipSpecialTokens: false) is { Length: > 0 } text)
            {
                texts.Add(text);
            }
        }

        return new SpecialTokenText(texts);
    }

    /// <summary>Whether a text is a special token.</summary>
    public bool IsToken(string text) => Array.IndexOf(_texts, text) >= 0;

    /// <summary>The content with stand-ins, or the same string if it needs none.</summary>
    public string Escape(string content)
    {
        StringBuilder? escaped = null;
        for (var i = 0; i < content.Length; i++)
        {
            if (IsStandIn(content[i]))
            {
                (escaped ??= new StringBuilder(content))[i] = Replacement;
            }
            else if (_starts.IndexOf(content[i], StringComparison.Ordinal) is >= 0 and var start && StartsToken(content.AsSpan(i)))
            {
                (escaped ??= new StringBuilder(content))[i] = (char)(FirstStandIn + start);
            }
        }

        return escaped?.ToString() ?? content;
    }

    /// <summary>Stand-ins become what they stand for.</summary>
    public string Unescape(string text)
    {
        var at = text.AsSpan().IndexOfAnyInRange(FirstStandIn, (char)(FirstStandIn + StandIns - 1));
        return at < 0 ? text : string.Create(text.Length, (text, _starts), static (span, state) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                var c = state.text[i];
                span[i] = IsStandIn(c) && c - FirstStandIn < state._starts.Length ? state._starts[c - FirstStandIn] : c;
            }
        });
    }

    /// <summary>The text cut at its special tokens.</summary>
    public IEnumerable<(string Piece, bool IsSpecial)> Split(string text)
    {
        var from = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var token = _starts.Contains(text[i], StringComparison.Ordinal) ? Array.Find(_texts, other => text.AsSpan(i).StartsWith(other, StringComparison.Ordinal)) : null;
            if (token is null)
            {
                continue;
            }

            if (i > from)
            {
                yield return (text[from..i], false);
            }

            yield return (token, true);
            from = i + token.Length;
            i = from - 1;
        }

        if (from < text.Length)
        {
            yield return (text[from..], false);
        }
    }

    /// <summary>
    /// Whether a special token starts here, or could once something is put behind the content, with or without its trailing white space: a message must
    /// not complete a token together with its neighbour either.
    /// </summary>
    private bool StartsToken(ReadOnlySpan<char> rest)
    {
        var trimmed = rest.TrimEnd();
        foreach (var text in _texts)
        {
            if (rest.StartsWith(text, StringComparison.Ordinal)
                || (rest.Length < text.Length && text.AsSpan().StartsWith(rest, StringComparison.Ordinal))
                || (trimmed.Length < text.Length && text.AsSpan().StartsWith(trimmed, StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsStandIn(char c) => c is >= FirstStandIn and < (char)(FirstStandIn + StandIns);
}
