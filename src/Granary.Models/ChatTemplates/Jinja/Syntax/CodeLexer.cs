using System.Globalization;
using System.Text;

namespace Granary.Models.ChatTemplates.Jinja.Syntax;

/// <summary>Reads the tokens between <c>{{</c> and <c>}}</c> or <c>{%</c> and <c>%}</c>.</summary>
internal sealed class CodeLexer(string source, int position, int line, string end, List<Token> tokens)
{
    private static readonly string[] Operators =
        ["**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")", "[", "]", "{", "}", ".", ",", ":", "|", ";"];

    public int Position { get; private set; } = position;

    public int Line { get; private set; } = line;

    /// <summary>Reads up to and over the end.</summary>
    /// <returns>The sign before the end that controls whitespace, or a blank.</returns>
    public char Read()
    {
        var open = 0;
        while (true)
        {
            SkipWhitespace();
            if (Position >= source.Length)
            {
                throw JinjaException.At(Line, $"a tag or output is not closed by {end}");
            }

            var c = source[Position];
            if (open == 0 && At(c is '-' or '+' ? Position + 1 : Position, end))
            {
                Position += c is '-' or '+' ? 3 : 2;
                return c is '-' or '+' ? c : ' ';
            }

            if (c is '\'' or '"')
            {
                tokens.Add(new(TokenKind.String, ReadString(c), Line));
            }
            else if (char.IsAsciiDigit(c))
            {
                ReadNumber();
            }
            else if (char.IsLetter(c) || c == '_')
            {
                var start = Position;
                while (Position < source.Length && (char.IsLetterOrDigit(source[Position]) || source[Position] == '_'))
                {
                    Position++;
                }

                tokens.Add(new(TokenKind.Name, source[start..Position], Line));
            }
            else
            {
                var op = Array.Find(Operators, o => At(Position, o)) ?? throw JinjaException.At(Line, $"unexpected character '{c}'");
                open += op is "(" or "[" or "{" ? 1 : op is ")" or "]" or "}" ? -1 : 0;
                if (open < 0)
                {
                    throw JinjaException.At(Line, $"'{op}' closes nothing");
                }

                Position += op.Length;
                tokens.Add(new(TokenKind.Operator, op, Line));
            }
        }
    }

    private bool At(int at, string text) => at <= source.Length && source.AsSpan(at).StartsWith(text, StringComparison.Ordinal);

    private void SkipWhitespace()
    {
        for (; Position < source.Length && char.IsWhiteSpace(source[Position]); Position++)
        {
            Line += source[Position] == '\n' ? 1 : 0;
        }
    }

    private void ReadNumber()
    {
        var start = Position;
        Digits();
        var isFloat = false;
        if (Position + 1 < source.Length && source[Position] == '.' && char.IsAsciiDigit(source[Position + 1]))
        {
            isFloat = true;
            Position++;
            Digits();
        }

        if (Position + 1 < source.Length && source[Position] is 'e' or 'E'
            && (char.IsAsciiDigit(source[Position + 1]) || (source[Position + 1] is '+' or '-' && Position + 2 < source.Length && char.IsAsciiDigit(source[Position + 2]))))
        {
            isFloat = true;
            Position += 2;
            Digits();
        }

        var text = source[start..Position].Replace("_", "", StringComparison.Ordinal);
        tokens.Add(new(isFloat ? TokenKind.Float : TokenKind.Integer, text, Line));

        void Digits()
        {
            while (Position < source.Length && (char.IsAsciiDigit(source[Position]) || source[Position] == '_'))
            {
                Position++;
            }
        }
    }

    private string ReadString(char quote)
    {
        var startLine = Line;
        var text = new StringBuilder();
        for (Position++; Position < source.Length; Position++)
        {
            var c = source[Position];
            if (c == quote)
            {
                Position++;
                return text.ToString();
            }

            Line += c == '\n' ? 1 : 0;
            if (c != '\\' || Position + 1 >= source.Length)
            {
                text.Append(c);
                continue;
            }

            Escape(text, source[++Position]);
        }

        throw JinjaException.At(startLine, "a string is not closed");
    }

    private void Escape(StringBuilder text, char escape)
    {
        switch (escape)
        {
            case 'n': text.Append('\n'); break;
            case 't': text.Append('\t'); break;
            case 'r': text.Append('\r'); break;
            case 'b': text.Append('\b'); break;
            case 'f': text.Append('\f'); break;
            case 'v': text.Append('\v'); break;
            case 'a': text.Append('\a'); break;
            case '\n': Line++; break;
            case '\\' or '\'' or '"': text.Append(escape); break;
            case 'x': Hex(text, 2); break;
            case 'u': Hex(text, 4); break;
            case 'U': Hex(text, 8); break;
            case >= '0' and <= '7': Octal(text); break;
            default: text.Append('\\').Append(escape); break;
        }
    }

    private void Hex(StringBuilder text, int digits)
    {
        if (Position + digits >= source.Length
            || !uint.TryParse(source.AsSpan(Position + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || code > 0x10ffff)
        {
            throw JinjaException.At(Line, "a \\x, \\u or \\U escape is wrong");
        }

        Position += digits;
        text.Append(code > 0xffff ? char.ConvertFromUtf32((int)code) : ((char)code).ToString());
    }

    private void Octal(StringBuilder text)
    {
        var value = 0;
        var count = 0;
        while (count < 3 && Position < source.Length && source[Position] is >= '0' and <= '7')
        {
            value = value * 8 + source[Position++] - '0';
            count++;
        }

        Position--;
        text.Append((char)value);
    }
}
