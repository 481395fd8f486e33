namespace Granary.Models.ChatTemplates.Jinja.Syntax;

/// <summary>
/// Cuts a template into text, tags and outputs. Whitespace control is Jinja's with <c>trim_blocks</c> and <c>lstrip_blocks</c> on,
/// as transformers sets them.
/// </summary>
internal sealed class Lexer
{
    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private int _position;
    private int _line = 1;
    private bool _trimNewline;
    private bool _trimAll;

    private Lexer(string source)
    {
        _source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        if (_source.EndsWith('\n'))
        {
            _source = _source[..^1];
        }
    }

    public static List<Token> Tokenize(string source)
    {
        var lexer = new Lexer(source);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        while (_position < _source.Length)
        {
            var open = NextOpening();
            AddText(open);
            if (open == _source.Length)
            {
                break;
            }

            switch (_source[open + 1])
            {
                case '#': SkipComment(open); break;
                case '{': ReadCode(TokenKind.OpenOutput, TokenKind.CloseOutput, "}}"); break;
                default:
                    if (!TryReadRaw())
                    {
                        ReadCode(TokenKind.OpenTag, TokenKind.CloseTag, "%}");
                    }

                    break;
            }
        }

        _tokens.Add(new(TokenKind.End, "", _line));
    }

    private int NextOpening()
    {
        for (var at = _position; ; at++)
        {
            at = _source.IndexOf('{', at);
            if (at < 0 || at + 1 >= _source.Length)
            {
                return _source.Length;
            }

            if (_source[at + 1] is '{' or '%' or '#')
            {
                return at;
            }
        }
    }

    /// <summary>Adds the text up to an opening, which says whether whitespace before it goes.</summary>
    private void AddText(int end)
    {
        var text = TrimmedStart(_source[_position..end]);
        Advance(end);
        if (end < _source.Length)
        {
            text = TrimmedEnd(text, end);
        }

        if (text.Length > 0)
        {
            _tokens.Add(new(TokenKind.Text, text, _line));
        }
    }

    private string TrimmedStart(string text)
    {
        if (_trimAll)
        {
            text = text.TrimStart();
        }
        else if (_trimNewline && text.StartsWith('\n'))
        {
            text = text[1..];
        }

        _trimAll = _trimNewline = false;
        return text;
    }

    private string TrimmedEnd(string text, int open)
    {
        var mark = open + 2 < _source.Length ? _source[open + 2] : ' ';
        if (mark == '-')
        {
            return text.TrimEnd();
        }

        if (mark == '+' || _source[open + 1] == '{')
        {
            return text;
        }

        // lstrip_blocks: only when nothing but blanks stands between the line's start and the tag.
        var stripped = text.AsSpan().TrimEnd(" \t\v\f").ToString();
        var lineStart = _source.LastIndexOf('\n', Math.Max(open - 1, 0)) + 1;
        return _source.AsSpan(lineStart, open - lineStart).IsWhiteSpace() ? stripped : text;
    }

    private void SkipComment(int open)
    {
        var close = _source.IndexOf("#}", open + 2, StringComparison.Ordinal);
        if (close < 0)
        {
            throw JinjaException.At(_line, "a comment {# is not closed by #}");
        }

        Advance(close + 2);
        AfterTag(_source[close - 1]);
    }

    private bool TryReadRaw()
    {
        if (MatchTag(_position, "raw", out var mark) is not { } start)
        {
            return false;
        }

        for (var at = start; (at = _source.IndexOf("{%", at, StringComparison.Ordinal)) >= 0; at += 2)
        {
            if (MatchTag(at, "endraw", out var closing) is { } end)
            {
                Advance(start);
                AfterTag(mark);
                AddText(at);
                Advance(end);
                AfterTag(closing);
                return true;
            }
        }

        throw JinjaException.At(_line, "{% raw %} is not closed by {% endraw %}");
    }

    /// <summary>Where the tag ends if <c>{% name %}</c> stands at a place.</summary>
    private int? MatchTag(int at, string name, out char mark)
    {
        var close = _source.IndexOf("%}", at, StringComparison.Ordinal);
        mark = close > 0 ? _source[close - 1] : ' ';
        return close > 0 && _source[(at + 2)..close].Trim(' ', '\t', '\n', '-', '+') == name ? close + 2 : null;
    }

    private void ReadCode(TokenKind opening, TokenKind closing, string end)
    {
        _tokens.Add(new(opening, _source.Substring(_position, 2), _line));
        Advance(_position + 2);
        if (_position < _source.Length && _source[_position] is '-' or '+')
        {
            Advance(_position + 1);
        }

        var reader = new CodeLexer(_source, _position, _line, end, _tokens);
        var mark = reader.Read();
        (_position, _line) = (reader.Position, reader.Line);
        _tokens.Add(new(closing, end, _line));
        _trimAll = mark == '-';
        _trimNewline = closing == TokenKind.CloseTag && mark != '+';
    }

    private void AfterTag(char mark)
    {
        _trimAll = mark == '-';
        _trimNewline = mark != '+';
    }

    private void Advance(int to)
    {
        _line += _source.AsSpan(_position, to - _position).Count('\n');
        _position = to;
    }
}
