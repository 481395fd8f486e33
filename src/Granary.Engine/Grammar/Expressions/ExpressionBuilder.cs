using System.Text;

namespace Granary.Engine.Grammar.Expressions;

/// <summary>Makes expressions, simplified, each one once. Not thread-safe.</summary>
internal sealed class ExpressionBuilder
{
    private readonly Dictionary<ByteSet, Expression> _bytes = [];
    private readonly Dictionary<(long, long), Expression> _sequences = [];
    private readonly Dictionary<string, Expression> _choices = new(StringComparer.Ordinal);
    private readonly Dictionary<(long, int, int), Expression> _repeats = [];
    private readonly Dictionary<Rule, Expression> _calls = [];
    private int _count;
    private int _ranges;
    private int _rangesRead;

    public ExpressionBuilder()
    {
        Empty = new Expression { Id = NextId(), Kind = ExpressionKind.Empty, IsNullable = true };
        Nothing = new Expression { Id = NextId(), Kind = ExpressionKind.Choice };
        Return = new Expression { Id = NextId(), Kind = ExpressionKind.Return };
    }

    public Expression Empty { get; }

    public Expression Nothing { get; }

    public Expression Return { get; }

    public Expression Bytes(ByteSet set)
    {
        if (set.IsEmpty)
        {
            return Nothing;
        }

        if (!_bytes.TryGetValue(set, out Expression? found))
        {
            _bytes[set] = found = new Expression { Id = NextId(), Kind = ExpressionKind.Bytes, Set = set };
        }

        return found;
    }

    /// <summary>Counts ranges of characters that are being written out.</summary>
    /// <exception cref="ConstraintException">There are too many.</exception>
    public void CountRanges(int ranges)
    {
        _ranges += ranges;
        if (_ranges > GrammarLimits.MaxCharacterRanges)
        {
            throw new ConstraintException($"its sets of characters have more than {GrammarLimits.MaxCharacterRanges} ranges");
        }
    }

    /// <summary>Counts ranges of characters that are being read, of which unions may leave few.</summary>
    /// <exception cref="ConstraintException">There are too many.</exception>
    public void CountRangesRead(int ranges)
    {
        _rangesRead += ranges;
        if (_rangesRead > GrammarLimits.MaxCharacterRangesRead)
        {
            throw new ConstraintException($"its classes of characters name more than {GrammarLimits.MaxCharacterRangesRead} ranges");
        }
    }

    public Expression Literal(ReadOnlySpan<byte> bytes)
    {
        Expression result = Empty;
        for (int i = bytes.Length - 1; i >= 0; i--)
        {
            result = Sequence(Bytes(ByteSet.Of(bytes[i])), result);
        }

        return result;
    }

    public Expression Literal(string text) => Literal(Encoding.UTF8.GetBytes(text));

    public Expression Sequence(Expression first, Expression second)
    {
        if (first.IsNothing || second.IsNothing)
        {
            return Nothing;
        }

        if (first.Kind is ExpressionKind.Empty)
        {
            return second;
        }

        if (second.Kind is ExpressionKind.Empty)
        {
            return first;
        }

        if (!_sequences.TryGetValue((first.Id, second.Id), out Expression? found))
        {
            _sequences[(first.Id, second.Id)] = found = new Expression
            {
                Id = NextId(),
                Kind = ExpressionKind.Sequence,
                Parts = [first, second],
                IsNullable = first.IsNullable && second.IsNullable,
                HasCalls = first.HasCalls || second.HasCalls,
            };
        }

        return found;
    }

    public Expression Sequence(params ReadOnlySpan<Expression> parts)
    {
        Expression result = Empty;
        for (int i = parts.Length - 1; i >= 0; i--)
        {
            result = Sequence(parts[i], result);
        }

        return result;
    }

    public Expression Choice(params IEnumerable<Expression> branches)
    {
        var parts = new SortedDictionary<long, Expression>();
        var set = default(ByteSet);
        foreach (Expression branch in branches)
        {
            foreach (Expression part in branch.Kind is ExpressionKind.Choice ? branch.Parts : [branch])
            {
                if (part.Kind is ExpressionKind.Bytes)
                {
                    set |= part.Set;
                }
                else
                {
                    parts[part.Id] = part;
                }
            }
        }

        if (!set.IsEmpty)
        {
            Expression bytes = Bytes(set);
            parts[bytes.Id] = bytes;
        }

        if (parts.Count <= 1)
        {
            return parts.Count == 0 ? Nothing : parts.Values.First();
        }

        string key = string.Join(',', parts.Keys);
        if (!_choices.TryGetValue(key, out Expression? found))
        {
            _choices[key] = found = new Expression
            {
                Id = NextId(),
                Kind = ExpressionKind.Choice,
                Parts = [.. parts.Values],
                IsNullable = parts.Values.Any(part => part.IsNullable),
                HasCalls = parts.Values.Any(part => part.HasCalls),
            };
        }

        return found;
    }

    public Expression Optional(Expression part) => Choice(Empty, part);

    /// <summary><paramref name="part"/> from <paramref name="least"/> to <paramref name="most"/> times.</summary>
    public Expression Repeat(Expression part, int least, int most = Expression.Unbounded)
    {
        if (most == 0 || part.Kind is ExpressionKind.Empty)
        {
            return Empty;
        }

        if (part.IsNothing)
        {
            return least == 0 ? Empty : Nothing;
        }

        // What may be empty is repeated without its emptiness: each repetition moves on by a byte at least.
        (part, least) = part.IsNullable ? (NotEmpty(part), 0) : (part, least);
        if (part.IsNothing || (least == 1 && most == 1))
        {
            return part.IsNothing ? Empty : part;
        }

        if (!_repeats.TryGetValue((part.Id, least, most), out Expression? found))
        {
            _repeats[(part.Id, least, most)] = found = new Expression
            {
                Id = NextId(),
                Kind = ExpressionKind.Repeat,
                Parts = [part],
                Least = least,
                Most = most,
                IsCounted = Expression.IsLong(least, most),
                IsNullable = least == 0,
                HasCalls = part.HasCalls,
            };
        }

        return found;
    }

    public Expression Call(Rule rule)
    {
        if (!_calls.TryGetValue(rule, out Expression? found))
        {
            _calls[rule] = found = new Expression { Id = NextId(), Kind = ExpressionKind.Call, Rule = rule, HasCalls = true };
        }

        return found;
    }

    /// <summary>The texts of an expression but the empty one.</summary>
    private Expression NotEmpty(Expression expression)
    {
        if (!expression.IsNullable)
        {
            return expression;
        }

        switch (expression.Kind)
        {
            case ExpressionKind.Choice:
                return Choice(expression.Parts.Select(NotEmpty));
            case ExpressionKind.Repeat:
                return Repeat(expression.Parts[0], 1, expression.Most);
            case ExpressionKind.Sequence:
                (Expression first, Expression second) = (expression.Parts[0], expression.Parts[1]);
                return Choice(Sequence(NotEmpty(first), second), NotEmpty(second));
            default:
                return Nothing;
        }
    }

    private int NextId() => _count < GrammarLimits.MaxExpressions
        ? _count++
        : throw new ConstraintException($"it is larger than {GrammarLimits.MaxExpressions} expressions");
}
