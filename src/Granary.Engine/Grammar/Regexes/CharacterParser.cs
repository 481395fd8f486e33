using System.Globalization;
using Granary.Engine.Grammar.Expressions;

namespace Granary.Engine.Grammar.Regexes;

/// <summary>Parses what stands for one character, as ECMAScript reads it: a literal, an escape, a class in brackets.</summary>
internal sealed class CharacterParser(RegexReader reader, ExpressionBuilder builder)
{
    private static readonly CodePoints Digits = CodePoints.Of(('0', '9'));
    private static readonly CodePoints WordCharacters = CodePoints.Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));
    private static readonly CodePoints Spaces = CodePoints.Of(
        ('\t', '\r'), (' ', ' '), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF));

    private static readonly CodePoints LineEnds = CodePoints.Of(('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029));

    /// <summary>Parses one of them.</summary>
    public CodePoints Parse()
    {
        if (reader.TryTake('.'))
        {
            return LineEnds.Complement();
        }

        if (reader.TryTake('['))
        {
            return ParseClass();
        }

        return reader.Peek() == '\\' ? ParseEscape(inClass: false) : CodePoints.Of(reader.TakeCodePoint());
    }

    private CodePoints ParseClass()
    {
        bool negated = reader.TryTake('^');
        List<(int, int)> ranges = [];
        while (!reader.TryTake(']'))
        {
            CodePoints item = ParseClassItem();
            builder.CountRangesRead(item.Ranges.Count);
            if (reader.Peek() != '-' || reader.Peek(1) == ']')
            {
                ranges.AddRange(item.Ranges);
                continue;
            }

            reader.TryTake('-');
            CodePoints end = ParseClassItem();
            if (!IsSingle(item) || !IsSingle(end) || end.Ranges[0].First < item.Ranges[0].First)
            {
                throw reader.Error("a range of characters must run upwards from one character to another");
            }

            ranges.Add((item.Ranges[0].First, end.Ranges[0].First));
        }

        CodePoints set = CodePoints.Of(ranges);
        return negated ? set.Complement() : set;
    }

    private CodePoints ParseClassItem()
    {
        if (reader.IsAtEnd)
        {
            throw reader.Error("a class of characters is not closed");
        }

        if (reader.Peek() == '[' && reader.Peek(1) is ':' or '=' or '.')
        {
            throw reader.Error($"'[{reader.Peek(1)}' is not supported inside a class");
        }

        return reader.Peek() == '\\' ? ParseEscape(inClass: true) : CodePoints.Of(reader.TakeCodePoint());
    }

    private CodePoints ParseEscape(bool inClass)
    {
        reader.TryTake('\\');
        char escape = reader.Peek();
        if (escape != '\0' && !char.IsAsciiLetterOrDigit(escape))
        {
            return CodePoints.Of(reader.TakeCodePoint());
        }

        _ = reader.Take(1);
        switch (escape)
        {
            case 'd': return Digits;
            case 'D': return Digits.Complement();
            case 'w': return WordCharacters;
            case 'W': return WordCharacters.Complement();
            case 's': return Spaces;
            case 'S': return Spaces.Complement();
            case 'n': return CodePoints.Of('\n');
            case 'r': return CodePoints.Of('\r');
            case 't': return CodePoints.Of('\t');
            case 'v': return CodePoints.Of('\v');
            case 'f': return CodePoints.Of('\f');
            case '0' when !char.IsAsciiDigit(reader.Peek()): return CodePoints.Of(0);
            case 'b' when inClass: return CodePoints.Of('\b');
            case 'x': return CodePoints.Of(Hexadecimal(reader.Take(2)));
            case 'u': return CodePoints.Of(Hexadecimal(reader.TryTake('{') ? reader.TakeUntil('}') : reader.Take(4)));
            case 'p' or 'P' when reader.TryTake('{'):
                string name = reader.TakeUntil('}');
                CodePoints category = UnicodeCategories.Find(name) ?? throw reader.Error($"'\\{escape}{{{name}}}' is not supported; general categories such as L or Lu are");
                return escape == 'p' ? category : category.Complement();
            case 'b' or 'B': throw reader.Error($"'\\{escape}' (a word's border) is not supported");
            case >= '1' and <= '9': throw reader.Error($"'\\{escape}' (a back-reference) is not supported");
            default: throw reader.Error($"escape '\\{escape}' is not supported");
        }
    }

    private int Hexadecimal(string digits) =>
        int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) && value is >= 0 and <= 0x10FFFF and not (>= 0xD800 and <= 0xDFFF)
            ? value
            : throw reader.Error($"'{digits}' is no character's number in hexadecimal");

    private static bool IsSingle(CodePoints set) => set.Ranges.Count == 1 && set.Ranges[0].First == set.Ranges[0].Last;
}
