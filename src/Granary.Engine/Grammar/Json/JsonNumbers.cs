using System.Globalization;
using Granary.Engine.Grammar.Expressions;

namespace Granary.Engine.Grammar.Json;

/// <summary>
/// JSON numbers as expressions. Digits are bounded, so that a model cannot go on with them for ever: 19 before the point or what the
/// bounds need, 16 behind it, 2 in an exponent.
/// </summary>
internal sealed class JsonNumbers
{
    private const int MaxWholeDigits = 19;
    private const int MaxFractionDigits = 16;

    private readonly ExpressionBuilder _builder;
    private readonly Expression _digit;

    public JsonNumbers(ExpressionBuilder builder)
    {
        _builder = builder;
        _digit = Digits('0', '9');
        Expression magnitude = builder.Choice(Text("0"), builder.Sequence(Digits('1', '9'), builder.Repeat(_digit, 0, MaxWholeDigits - 1)));
        Expression fraction = builder.Sequence(Text("."), builder.Repeat(_digit, 1, MaxFractionDigits));
        Expression exponent = builder.Sequence(
            builder.Bytes(ByteSet.Of((byte)'e') | ByteSet.Of((byte)'E')), builder.Optional(builder.Bytes(ByteSet.Of((byte)'+') | ByteSet.Of((byte)'-'))), builder.Repeat(_digit, 1, 2));
        Expression sign = builder.Optional(Text("-"));
        AnyInteger = new Rule("integer") { Body = builder.Sequence(sign, magnitude) };
        Any = new Rule("number") { Body = builder.Sequence(sign, magnitude, builder.Optional(fraction), builder.Optional(exponent)) };
    }

    public Rule Any { get; }

    /// <summary>Whole numbers without point or exponent.</summary>
    public Rule AnyInteger { get; }

    /// <summary>The whole numbers within bounds.</summary>
    public Expression Integers(NumberBounds bounds)
    {
        NumberBounds whole = bounds.ToWhole();
        return Signed(whole, Whole);
    }

    /// <summary>The numbers within bounds, written without exponent.</summary>
    public Expression Numbers(NumberBounds bounds) => Signed(bounds, (least, most) => new DecimalRange(_builder, _digit, MaxFractionDigits).Between(least, most, Whole));

    /// <summary>Not negative ones as they are, negative ones as a minus before their mirror image.</summary>
    private Expression Signed(NumberBounds bounds, Func<Limit, Limit?, Expression> magnitudes)
    {
        Expression result = _builder.Nothing;
        Limit zero = new(0, IsExcluded: false);
        if (bounds.Most is not { } most || most.Value > 0 || most == zero)
        {
            result = magnitudes(bounds.Least is { Value: >= 0 } least ? least : zero, bounds.Most);
        }

        if (bounds.Least is not { } lower || lower.Value < 0)
        {
            Limit from = bounds.Most is { Value: < 0 } upper ? upper.Negated : new Limit(0, IsExcluded: true);
            result = _builder.Choice(result, _builder.Sequence(Text("-"), magnitudes(from, bounds.Least?.Negated)));
        }

        return result;
    }

    /// <summary>Whole numbers, none negative.</summary>
    private Expression Whole(Limit least, Limit? most)
    {
        decimal from = least.IsExcluded ? decimal.Floor(least.Value) + 1 : decimal.Ceiling(least.Value);
        decimal? to = most is not { } limit ? null : limit.IsExcluded ? decimal.Ceiling(limit.Value) - 1 : decimal.Floor(limit.Value);
        string first = from.ToString("0", CultureInfo.InvariantCulture);
        string? last = to?.ToString("0", CultureInfo.InvariantCulture);
        if (from > to)
        {
            return _builder.Nothing;
        }

        List<Expression> lengths = [];
        int longest = last?.Length ?? Math.Max(MaxWholeDigits, first.Length);
        for (int length = first.Length; length <= longest; length++)
        {
            string low = length == first.Length ? first : "1" + new string('0', length - 1);
            string high = length == last?.Length ? last : new string('9', length);
            lengths.Add(SameLength(low, high));
        }

        return _builder.Choice(lengths);
    }

    private Expression SameLength(ReadOnlySpan<char> low, ReadOnlySpan<char> high)
    {
        if (low.Length == 0)
        {
            return _builder.Empty;
        }

        if (low[0] == high[0])
        {
            return _builder.Sequence(Digits(low[0], low[0]), SameLength(low[1..], high[1..]));
        }

        string zeros = new('0', low.Length - 1);
        string nines = new('9', low.Length - 1);
        bool wholeLow = low[1..].SequenceEqual(zeros);
        bool wholeHigh = high[1..].SequenceEqual(nines);
        char from = (char)(wholeLow ? low[0] : low[0] + 1);
        char to = (char)(wholeHigh ? high[0] : high[0] - 1);
        return _builder.Choice(
            wholeLow ? _builder.Nothing : _builder.Sequence(Digits(low[0], low[0]), SameLength(low[1..], nines)),
            from > to ? _builder.Nothing : _builder.Sequence(Digits(from, to), _builder.Repeat(_digit, low.Length - 1, low.Length - 1)),
            wholeHigh ? _builder.Nothing : _builder.Sequence(Digits(high[0], high[0]), SameLength(zeros, high[1..])));
    }

    private Expression Digits(char from, char to) => _builder.Bytes(ByteSet.Range((byte)from, (byte)to));

    private Expression Text(string text) => _builder.Literal(text);
}
