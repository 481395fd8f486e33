using System.Globalization;
using Granary.Engine.Grammar.Expressions;

namespace Granary.Engine.Grammar.Regexes;

/// <summary>
/// Regular expressions, as ECMAScript writes them, as far as they are regular: groups, classes, repetitions, and <c>^</c> and <c>$</c> at
/// the borders of the pattern or of its alternatives. Anything else is refused by name.
/// </summary>
internal sealed class RegexParser
{
    private readonly ExpressionBuilder _builder;
    private readonly RegexReader _reader;
    private readonly CharacterParser _characters;
    private readonly Func<CodePoints, Expression> _spell;
    private readonly Dictionary<int, Expression> _literals = [];
    private int _depth;

    private RegexParser(ExpressionBuilder builder, string pattern, Func<CodePoints, Expression> spell)
    {
        (_builder, _spell) = (builder, spell);
        _reader = new RegexReader(pattern);
        _characters = new CharacterParser(_reader, builder);
    }

    /// <summary>The texts that a pattern matches from beginning to end.</summary>
    /// <param name="builder">Makes the expressions.</param>
    /// <param name="pattern">The pattern.</param>
    /// <param name="spell">How a character of a set is written.</param>
    /// <exception cref="ConstraintException">The pattern is malformed or uses something that is not supported.</exception>
    public static Expression Whole(ExpressionBuilder builder, string pattern, Func<CodePoints, Expression> spell) =>
        Parse(builder, pattern, spell, before: builder.Empty);

    /// <summary>The texts in which a pattern matches somewhere.</summary>
    /// <inheritdoc cref="Whole"/>
    public static Expression Somewhere(ExpressionBuilder builder, string pattern, Func<CodePoints, Expression> spell) =>
        Parse(builder, pattern, spell, before: builder.Repeat(spell(CodePoints.All), 0));

    private static Expression Parse(ExpressionBuilder builder, string pattern, Func<CodePoints, Expression> spell, Expression before)
    {
        var parser = new RegexParser(builder, pattern, spell);
        List<Expression> branches = [];
        do
        {
            bool fromStart = parser._reader.TryTake('^');
            Expression branch = parser.ParseSequence();
            bool toEnd = parser._reader.TryTake('$');
            if (toEnd && !parser._reader.IsAtEnd && parser._reader.Peek() != '|')
            {
                throw parser._reader.Error("'$' is supported at the end of the pattern or of an alternative of it alone");
            }

            branches.Add(builder.Sequence(fromStart ? builder.Empty : before, branch, toEnd ? builder.Empty : before));
        }
        while (parser._reader.TryTake('|'));
        return parser._reader.IsAtEnd ? builder.Choice(branches) : throw parser._reader.Error("')' closes nothing");
    }

    private Expression ParseAlternatives()
    {
        if (++_depth > GrammarLimits.MaxRegexDepth)
        {
            throw _reader.Error($"groups are nested deeper than {GrammarLimits.MaxRegexDepth}");
        }

        List<Expression> branches = [ParseSequence()];
        while (_reader.TryTake('|'))
        {
            branches.Add(ParseSequence());
        }

        _depth--;
        return _builder.Choice(branches);
    }

    private Expression ParseSequence()
    {
        List<Expression> items = [];
        while (!_reader.IsAtEnd && _reader.Peek() is not ('|' or ')' or '$'))
        {
            items.Add(ParseRepeated());
        }

        return _builder.Sequence([.. items]);
    }

    private Expression ParseRepeated()
    {
        Expression item = ParseItem();
        if (!TryRepetition(out int least, out int most))
        {
            return item;
        }

        // Lazy ones match the same texts.
        if (!_reader.TryTake('?') && _reader.Peek() == '+')
        {
            throw _reader.Error("possessive repetition is not supported");
        }

        if (_reader.Peek() is '*' or '+' or '?' || (_reader.Peek() == '{' && char.IsAsciiDigit(_reader.Peek(1))))
        {
            throw _reader.Error("a repetition cannot be repeated; use a group");
        }

        return _builder.Repeat(item, least, most);
    }

    private bool TryRepetition(out int least, out int most)
    {
        (least, most) = (0, Expression.Unbounded);
        if (_reader.TryTake('*'))
        {
            return true;
        }

        if (_reader.TryTake('+'))
        {
            least = 1;
            return true;
        }

        if (_reader.TryTake('?'))
        {
            most = 1;
            return true;
        }

        int start = _reader.Position;
        if (!_reader.TryTake('{') || !char.IsAsciiDigit(_reader.Peek()))
        {
            _reader.Return(start);
            return false;
        }

        least = TakeNumber();
        bool isOpen = _reader.TryTake(',');
        most = !isOpen ? least : char.IsAsciiDigit(_reader.Peek()) ? TakeNumber() : Expression.Unbounded;
        if (!_reader.TryTake('}') || most < least)
        {
            throw _reader.Error("a repetition is written {n}, {n,} or {n,m} with n up to m");
        }

        return true;
    }

    private int TakeNumber()
    {
        int digits = 0;
        while (char.IsAsciiDigit(_reader.Peek(digits)))
        {
            digits++;
        }

        return int.TryParse(_reader.Take(digits), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= GrammarLimits.MaxRepeat
            ? number
            : throw _reader.Error($"a repetition counts to {GrammarLimits.MaxRepeat} at most");
    }

    private Expression ParseItem()
    {
        switch (_reader.Peek())
        {
            case '(':
                return ParseGroup();
            case '^':
                throw _reader.Error("'^' is supported at the beginning of the pattern or of an alternative of it alone");
            case '*' or '+' or '?':
                throw _reader.Error("there is nothing to repeat");
            default:
                CodePoints characters = _characters.Parse();
                return characters.Ranges is [var (first, last)] && first == last ? Literal(first, characters) : _spell(characters);
        }
    }

    private Expression Literal(int character, CodePoints characters)
    {
        if (!_literals.TryGetValue(character, out Expression? literal))
        {
            _literals[character] = literal = _spell(characters);
        }

        return literal;
    }

    private Expression ParseGroup()
    {
        _reader.TryTake('(');
        if (_reader.TryTake('?') && !_reader.TryTake(':'))
        {
            bool isNamed = (_reader.Peek() == '<' && _reader.Peek(1) is not ('=' or '!')) || _reader.TryTake("P<");
            _ = isNamed ? _reader.TakeUntil('>') : throw _reader.Error(Refusal(_reader.Peek(), _reader.Peek(1)));
        }

        Expression group = ParseAlternatives();
        if (_reader.TryTake(')'))
        {
            return group;
        }

        throw _reader.Error(_reader.Peek() == '$' ? "'$' is supported at the end of the pattern or of an alternative of it alone" : "a group is not closed");
    }

    private static string Refusal(char kind, char next) => (kind, next) switch
    {
        ('=' or '!', _) => $"look-ahead '(?{kind}' is not supported",
        ('<', _) => $"look-behind '(?<{next}' is not supported",
        ('>', _) => "atomic group '(?>' is not supported",
        _ => $"group '(?{kind}' is not supported",
    };
}
