using System.Runtime.CompilerServices;

namespace Granary.Engine.Grammar.Expressions;

/// <summary>Finds rules that come to themselves without a byte in between: an automaton would never get past them.</summary>
internal static class LeftRecursion
{
    /// <exception cref="ConstraintException">There is one.</exception>
    public static void Refuse(IEnumerable<Rule> rules)
    {
        HashSet<Rule> done = [];
        HashSet<Rule> open = [];
        foreach (Rule rule in rules)
        {
            Visit(rule, done, open);
        }
    }

    private static void Visit(Rule rule, HashSet<Rule> done, HashSet<Rule> open)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (done.Contains(rule))
        {
            return;
        }

        if (!open.Add(rule))
        {
            throw ConstraintException.At(rule.Name, "the schema refers to itself with nothing in between");
        }

        HashSet<Rule> first = [];
        AddFirst(rule.Body!, first, []);
        foreach (Rule called in first)
        {
            Visit(called, done, open);
        }

        open.Remove(rule);
        done.Add(rule);
    }

    /// <summary>The rules that an expression may call before it has matched a byte.</summary>
    private static void AddFirst(Expression expression, HashSet<Rule> first, HashSet<Expression> seen)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (!expression.HasCalls || !seen.Add(expression))
        {
            return;
        }

        if (expression.Rule is { } rule)
        {
            first.Add(rule);
            return;
        }

        foreach (Expression part in expression.Parts)
        {
            AddFirst(part, first, seen);
            if (expression.Kind is ExpressionKind.Sequence && !part.IsNullable)
            {
                break;
            }
        }
    }
}
