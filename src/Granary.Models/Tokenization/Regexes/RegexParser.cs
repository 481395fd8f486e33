using System.Globalization;
using Granary.Models.Tokenization.Json;

namespace Granary.Models.Tokenization.Regexes;

/// <summary>Parses Oniguruma's Ruby syntax as far as tokenizers use it. Works on code points, so that letters outside the first plane are letters.</summary>
internal sealed class RegexParser(string pattern, TokenizerBudget budget)
{
    private const int MaxDepth = 50;
    private const int MaxRepeat = 1000;
    private int _position;
    private int _depth;

    /// <exception cref="FormatException">The pattern is wrong or uses something that tokenizers do not.</exception>
    public RegexNode Parse()
    {
        var node = ParseAlternatives(ignoreCase: false);
        return _position == pattern.Length ? node : throw Error("unmatched ')'");
    }

    private RegexNode ParseAlternatives(bool ignoreCase)
    {
        if (++_depth > MaxDepth)
        {
            throw Error($"groups are nested deeper than {MaxDepth}");
        }

        var items = new List<RegexNode> { ParseSequence(ref ignoreCase) };
        while (TryTake('|'))
        {
            items.Add(ParseSequence(ref ignoreCase));
        }

        _depth--;
        return items.Count == 1 ? items[0] : new RegexNode.Alternatives(items);
    }

    private RegexNode ParseSequence(ref bool ignoreCase)
    {
        var items = new List<RegexNode>();
        while (_position < pattern.Length && pattern[_position] is not ('|' or ')'))
        {
            items.Add(ParseQuantified(ref ignoreCase));
        }

        return items.Count == 1 ? items[0] : new RegexNode.Sequence(items);
    }

    private RegexNode ParseQuantified(ref bool ignoreCase)
    {
        var node = ParseAtom(ref ignoreCase);
        while (_position < pattern.Length)
        {
            int min, max;
            var interval = false;
            switch (pattern[_position])
            {
                case '*': (min, max) = (0, -1); _position++; break;
                case '+': (min, max) = (1, -1); _position++; break;
                case '?': (min, max) = (0, 1); _position++; break;
                case '{' when TryInterval(out min, out max): interval = true; break;
                default: return node;
            }

            var lazy = TryTake('?');
            // Ruby reads `{n,m}+` as a repeated interval, not as a possessive one.
            var possessive = !lazy && !interval && TryTake('+');
            node = new RegexNode.Repeat(node, min, max, lazy, possessive);
        }

        return node;
    }

    private bool TryInterval(out int min, out int max)
    {
        (min, max) = (0, 0);
        var end = pattern.IndexOf('}', _position);
        if (end < 0)
        {
            return false;
        }

        var parts = pattern[(_position + 1)..end].Split(',');
        if (parts.Length > 2 || (parts.Length == 1 && parts[0].Length == 0)
            || !TryNumber(parts[0], 0, out min) || !TryNumber(parts[^1], -1, out max) || (max < 0 && min == 0 && parts[0].Length == 0))
        {
            return false;
        }

        if (min > MaxRepeat || max > MaxRepeat || (max >= 0 && max < min))
        {
            throw Error($"a repetition must count upwards and to at most {MaxRepeat}");
        }

        _position = end + 1;
        return true;

        static bool TryNumber(string text, int whenEmpty, out int value)
        {
            value = whenEmpty;
            return text.Length == 0 || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        }
    }

    private RegexNode ParseAtom(ref bool ignoreCase)
    {
        var start = _position;
        switch (pattern[_position])
        {
            case '(': return ParseGroup(ref ignoreCase);
            case '[':
                _position++;
                return Chars(start, ignoreCase, new RegexClassParser(pattern, ignoreCase).Parse(ref _position));
            case '.': _position++; return Chars(start, ignoreCase, c => c != '\n');
            case '^': _position++; return new RegexNode.Anchor(AnchorKind.LineStart);
            case '$': _position++; return new RegexNode.Anchor(AnchorKind.LineEnd);
            case '*' or '+' or '?': throw Error("nothing to repeat");
            case '\\' when Anchor() is { } anchor: _position += 2; return new RegexNode.Anchor(anchor);
            default:
                return Chars(start, ignoreCase, new RegexClassParser(pattern, ignoreCase).ParseSingle(ref _position));
        }
    }

    private RegexNode.Chars Chars(int start, bool ignoreCase, Func<int, bool> contains) => new(budget.SetOf(pattern[start.._position], ignoreCase, contains));

    private AnchorKind? Anchor() => _position + 1 >= pattern.Length ? null : pattern[_position + 1] switch
    {
        'A' => AnchorKind.TextStart,
        'z' => AnchorKind.TextEnd,
        'Z' => AnchorKind.TextEndOrNewline,
        'b' => AnchorKind.WordBoundary,
        'B' => AnchorKind.NotWordBoundary,
        _ => null,
    };

    private RegexNode ParseGroup(ref bool ignoreCase)
    {
        _position++;
        if (!TryTake('?'))
        {
            return Body(ignoreCase, n => n);
        }

        if (TryTake(':'))
        {
            return Body(ignoreCase, n => n);
        }

        if (TryTake('>'))
        {
            return Body(ignoreCase, n => new RegexNode.Atomic(n));
        }

        if (TryTake('='))
        {
            return Body(ignoreCase, n => new RegexNode.Look(n, Negated: false));
        }

        if (TryTake('!'))
        {
            return Body(ignoreCase, n => new RegexNode.Look(n, Negated: true));
        }

        var (on, inner) = (true, ignoreCase);
        for (; _position < pattern.Length; _position++)
        {
            switch (pattern[_position])
            {
                case '-': on = false; break;
                case 'i': inner = on; break;
                case ')':
                    _position++;
                    ignoreCase = inner;
                    return new RegexNode.Empty();
                case ':':
                    _position++;
                    return Body(inner, n => n);
                default: throw Error($"group '(?{pattern[_position]}' is not supported; known are (?: (?> (?= (?! and the flag i");
            }
        }

        throw Error("a group is not closed");
    }

    private RegexNode Body(bool ignoreCase, Func<RegexNode, RegexNode> wrap)
    {
        var node = ParseAlternatives(ignoreCase);
        return TryTake(')') ? wrap(node) : throw Error("a group is not closed");
    }

    private bool TryTake(char c)
    {
        if (_position < pattern.Length && pattern[_position] == c)
        {
            _position++;
            return true;
        }

        return false;
    }

    private FormatException Error(string what) => new($"{what} (at character {_position} of the regular expression)");
}
