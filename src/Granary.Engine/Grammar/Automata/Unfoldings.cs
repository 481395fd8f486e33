using Granary.Engine.Grammar.Expressions;

namespace Granary.Engine.Grammar.Automata;

/// <summary>Repetitions that an automaton meets on its way, with other counts than are written in the grammar; each one once. Belongs to one automaton.</summary>
internal sealed class Unfoldings(Expression empty)
{
    private readonly Dictionary<(long Part, int Least, int Most, bool IsCounted), Expression> _made = [];
    private long _nextId = GrammarLimits.MaxExpressions; // behind the grammar's own

    /// <summary>A repetition with these counts.</summary>
    /// <param name="repeat">What is repeated, of this or of another automaton.</param>
    /// <param name="least">Fewest repetitions; <see cref="Expression.Unbounded"/> if it never has enough.</param>
    /// <param name="most">Most repetitions.</param>
    public Expression Of(Expression repeat, int least, int most)
    {
        if (most == 0 || (least == 1 && most == 1))
        {
            return most == 0 ? empty : repeat.Parts[0];
        }

        if (least == repeat.Least && most == repeat.Most && repeat.Id < GrammarLimits.MaxExpressions)
        {
            return repeat;
        }

        (long, int, int, bool) key = (repeat.Parts[0].Id, least, most, repeat.IsCounted);
        if (!_made.TryGetValue(key, out Expression? found))
        {
            _made[key] = found = new Expression
            {
                Id = _nextId++,
                Kind = ExpressionKind.Repeat,
                Parts = repeat.Parts,
                Least = least,
                Most = most,
                IsCounted = repeat.IsCounted,
                IsNullable = least == 0,
                HasCalls = repeat.HasCalls,
            };
        }

        return found;
    }

    /// <summary>One repetition less.</summary>
    public Expression OneLess(Expression repeat) => Of(repeat, Less(repeat.Least), Less(repeat.Most));

    /// <summary>Forgets all. Those still in use stay different from those that come.</summary>
    public void Forget() => _made.Clear();

    private static int Less(int count) => count is 0 or Expression.Unbounded ? count : count - 1;
}
