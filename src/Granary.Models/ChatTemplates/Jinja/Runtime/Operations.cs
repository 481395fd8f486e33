using System.Runtime.CompilerServices;
using Granary.Models.ChatTemplates.Jinja.Values;

namespace Granary.Models.ChatTemplates.Jinja.Runtime;

/// <summary>Python's operators, charged to a budget.</summary>
internal sealed class Operations(Budget budget)
{
    public Budget Budget { get; } = budget;

    /// <summary>Python's <c>str()</c>.</summary>
    public string Str(object? value) => value switch
    {
        string text => text,
        JinjaUndefined => "",
        _ => Printer.Repr(value, Budget),
    };

    public object? Binary(string op, object? left, object? right)
    {
        if (left is JinjaUndefined undefined || (undefined = (right as JinjaUndefined)!) is not null)
        {
            throw undefined.Error();
        }

        switch (op, left, right)
        {
            case ("+", string a, string b): return Budget.Text(a + b);
            case ("+", JinjaList a, JinjaList b) when a.IsTuple == b.IsTuple:
                Budget.Charge(a.Items.Count + b.Items.Count);
                return new JinjaList([.. a.Items, .. b.Items], a.IsTuple);
            case ("*", string a, long n): return Repeat(a, n);
            case ("*", long n, string a): return Repeat(a, n);
            case ("*", JinjaList a, long n):
                Budget.Charge(Math.Max(0, checked(n * a.Items.Count)));
                return new JinjaList([.. Enumerable.Repeat(a.Items, (int)Math.Max(0, n)).SelectMany(i => i)], a.IsTuple);
            default: break;
        }

        if (Types.AsLong(left) is { } x && Types.AsLong(right) is { } y && op != "/")
        {
            return Integers(op, x, y);
        }

        return Types.AsDouble(left) is { } p && Types.AsDouble(right) is { } q
            ? Floats(op, p, q)
            : throw new JinjaException($"'{op}' does not work on {Types.NameOf(left)} and {Types.NameOf(right)}");
    }

    public new bool Equals(object? left, object? right)
    {
        Budget.Charge();
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (Types.AsDouble(left) is { } x && Types.AsDouble(right) is { } y)
        {
            return x == y;
        }

        return (left, right) switch
        {
            (null, null) or (JinjaUndefined, JinjaUndefined) => true,
            (string a, string b) => a == b,
            (JinjaList a, JinjaList b) => a.IsTuple == b.IsTuple && a.Items.Count == b.Items.Count && a.Items.Zip(b.Items).All(p => Equals(p.First, p.Second)),
            (JinjaDict a, JinjaDict b) => a.Items.Count == b.Items.Count && a.Items.All(i => b.TryGet(i.Key, out var other) && Equals(i.Value, other)),
            _ => ReferenceEquals(left, right),
        };
    }

    /// <exception cref="JinjaException">The two have no order.</exception>
    public int Order(object? left, object? right)
    {
        Budget.Charge();
        if (Types.AsDouble(left) is { } x && Types.AsDouble(right) is { } y)
        {
            return x.CompareTo(y);
        }

        if (left is string a && right is string b)
        {
            return string.CompareOrdinal(a, b);
        }

        if (left is JinjaList p && right is JinjaList q)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            var different = p.Items.Zip(q.Items).FirstOrDefault(pair => !Equals(pair.First, pair.Second), (null, null));
            return different is (null, null) ? p.Items.Count.CompareTo(q.Items.Count) : Order(different.First, different.Second);
        }

        throw new JinjaException($"{Types.NameOf(left)} and {Types.NameOf(right)} cannot be compared");
    }

    public bool Compare(string op, object? left, object? right) => op switch
    {
        "==" => Equals(left, right),
        "!=" => !Equals(left, right),
        "in" => Contains(right, left),
        "not in" => !Contains(right, left),
        "<" => Order(left, right) < 0,
        "<=" => Order(left, right) <= 0,
        ">" => Order(left, right) > 0,
        _ => Order(left, right) >= 0,
    };

    public bool Contains(object? container, object? item)
    {
        switch (container)
        {
            case string text:
                Budget.ChargeText(text.Length);
                return item is string part
                    ? text.Contains(part, StringComparison.Ordinal)
                    : throw new JinjaException($"'in' a string needs a string on its left, not {Types.NameOf(item)}");
            case JinjaDict dict:
                return item is not (JinjaList or JinjaDict or JinjaUndefined) && dict.TryGet(item, out _);
            default:
                return Iterate(container).Any(i => Equals(i, item));
        }
    }

    /// <summary>What a loop over <paramref name="value"/> sees.</summary>
    public IReadOnlyList<object?> Iterate(object? value)
    {
        switch (value)
        {
            case JinjaList list: return list.Items;
            case JinjaDict dict:
                Budget.Charge(dict.Items.Count);
                return [.. dict.Items.Select(i => i.Key)];
            case string text:
                Budget.Charge(text.Length);
                return [.. text.EnumerateRunes().Select(r => r.ToString())];
            case JinjaUndefined: return [];
            default: throw new JinjaException($"{Types.NameOf(value)} cannot be iterated");
        }
    }

    public string Repeat(string text, long count)
    {
        if (count <= 0 || text.Length == 0)
        {
            return "";
        }

        Budget.ChargeText(count > int.MaxValue ? long.MaxValue / 2 : count * text.Length);
        return string.Concat(Enumerable.Repeat(text, (int)count));
    }

    private static object Integers(string op, long x, long y)
    {
        try
        {
            return op switch
            {
                "+" => (object)checked(x + y),
                "-" => checked(x - y),
                "*" => checked(x * y),
                "//" or "%" when y == 0 => throw new JinjaException("division by zero"),
                "//" => checked(x / y) - (x % y != 0 && x < 0 != y < 0 ? 1 : 0),
                "%" => y == -1 ? 0L : (x % y + y) % y,
                "**" when y < 0 => Math.Pow(x, y),
                "**" => Power(x, y),
                _ => throw new JinjaException($"'{op}' does not work on integers"),
            };
        }
        catch (OverflowException e)
        {
            throw new JinjaException("a whole number gets too large", innerException: e);
        }
    }

    private static long Power(long x, long y)
    {
        if (x is 0 or 1 or -1)
        {
            return y == 0 ? 1 : x == -1 && y % 2 == 0 ? 1 : x;
        }

        var result = 1L;
        for (; y > 0; y--)
        {
            result = checked(result * x);
        }

        return result;
    }

    private static double Floats(string op, double x, double y) => op switch
    {
        "+" => x + y,
        "-" => x - y,
        "*" => x * y,
        "/" or "//" or "%" when y == 0 => throw new JinjaException("division by zero"),
        "/" => x / y,
        "//" => Math.Floor(x / y),
        "%" => x - Math.Floor(x / y) * y,
        "**" => Math.Pow(x, y),
        _ => throw new JinjaException($"'{op}' does not work on numbers"),
    };
}
