using System.Globalization;
using Granary.Engine.Grammar.Expressions;

namespace Granary.Engine.Grammar.Json;

/// <summary>Decimal fractions within bounds, digit by digit.</summary>
internal sealed class DecimalRange(ExpressionBuilder builder, Expression digit, int maxDigits)
{
    /// <summary>Numbers from one limit to another, none negative.</summary>
    /// <param name="least">At least 0.</param>
    /// <param name="most">Without end if <see langword="null"/>.</param>
    /// <param name="whole">Makes whole numbers between limits.</param>
    public Expression Between(Limit least, Limit? most, Func<Limit, Limit?, Expression> whole)
    {
        decimal first = decimal.Floor(least.Value);
        Digits low = new(FractionOf(least.Value), least.IsExcluded);
        if (most is not { } limit)
        {
            return builder.Choice(
                builder.Sequence(Exactly(first), Fraction(low, null)),
                builder.Sequence(whole(new Limit(first + 1, IsExcluded: false), null), Fraction(null, null)));
        }

        decimal last = decimal.Floor(limit.Value);
        Digits high = new(FractionOf(limit.Value), limit.IsExcluded);
        if (first > last)
        {
            return builder.Nothing;
        }

        return first == last
            ? builder.Sequence(Exactly(first), Fraction(low, high))
            : builder.Choice(
                builder.Sequence(Exactly(first), Fraction(low, null)),
                builder.Sequence(whole(new Limit(first, IsExcluded: true), new Limit(last, IsExcluded: true)), Fraction(null, null)),
                builder.Sequence(Exactly(last), Fraction(null, high)));

        Expression Exactly(decimal value) => whole(new Limit(value, IsExcluded: false), new Limit(value, IsExcluded: false));
    }

    /// <summary>A point and digits, or nothing where a whole number is within the bounds.</summary>
    private Expression Fraction(Digits? low, Digits? high)
    {
        Expression digits = builder.Sequence(builder.Literal("."), Next(low, high, maxDigits));
        return MayEnd(low, high) ? builder.Optional(digits) : digits;
    }

    /// <summary>At least one more digit.</summary>
    private Expression Next(Digits? low, Digits? high, int left)
    {
        if (low is null && high is null)
        {
            return builder.Repeat(digit, 1, Math.Max(left, 1));
        }

        List<Expression> branches = [];
        char from = low?.First ?? '0';
        char to = high?.First ?? '9';
        for (char next = from; next <= to; next++)
        {
            Expression rest = Rest(next == from ? low?.Rest() : null, next == to ? high?.Rest() : null, left - 1);
            branches.Add(builder.Sequence(builder.Bytes(ByteSet.Of((byte)next)), rest));
        }

        return builder.Choice(branches);
    }

    private Expression Rest(Digits? low, Digits? high, int left)
    {
        low = low is { Text.Length: 0, IsExcluded: false } ? null : low; // nothing is below zero
        if (left <= 0 && (low?.Text.Length ?? 0) == 0 && (high?.Text.Length ?? 0) == 0)
        {
            return MayEnd(low, high) ? builder.Empty : builder.Nothing;
        }

        Expression next = Next(low, high, left);
        return MayEnd(low, high) ? builder.Optional(next) : next;
    }

    /// <summary>Whether zeros from here on are within the bounds.</summary>
    private static bool MayEnd(Digits? low, Digits? high) =>
        (low is null || (low.Text.Length == 0 && !low.IsExcluded)) && (high is null || high.Text.Length > 0 || !high.IsExcluded);

    private static string FractionOf(decimal value)
    {
        string text = (value - decimal.Floor(value)).ToString(CultureInfo.InvariantCulture);
        int point = text.IndexOf('.', StringComparison.Ordinal);
        return point < 0 ? "" : text[(point + 1)..].TrimEnd('0');
    }

    /// <summary>The rest of a bound's digits, without zeros at their end.</summary>
    private sealed record Digits(string Text, bool IsExcluded)
    {
        public char First => Text.Length == 0 ? '0' : Text[0];

        public Digits Rest() => this with { Text = Text.Length == 0 ? "" : Text[1..] };
    }
}
