using System.Runtime.CompilerServices;

namespace Granary.Engine.Grammar.Expressions;

/// <summary>
/// Takes out of a grammar what can never be completed, so that every state of its automaton leads to an end, and refuses rules that
/// come to themselves without a byte in between.
/// </summary>
internal sealed class RuleResolver
{
    private readonly ExpressionBuilder _builder;
    private readonly List<Rule> _rules = []; // callees first, but for cycles
    private readonly HashSet<Rule> _completable = [];
    private readonly Dictionary<Expression, Expression> _resolved = [];

    private RuleResolver(ExpressionBuilder builder) => _builder = builder;

    /// <summary>The grammar without dead ends; the bodies of the rules that it calls are replaced.</summary>
    /// <returns><see cref="ExpressionBuilder.Nothing"/> if no text matches.</returns>
    /// <exception cref="ConstraintException">A rule comes to itself without a byte in between.</exception>
    public static Expression Resolve(ExpressionBuilder builder, Expression root)
    {
        if (!root.HasCalls)
        {
            return root;
        }

        var resolver = new RuleResolver(builder);
        resolver.Collect(root, [], []);
        resolver.FindCompletable();
        Expression resolved = resolver.Without(root);
        foreach (Rule rule in resolver._rules.Where(resolver._completable.Contains))
        {
            rule.Body = resolver.Without(rule.Body!);
        }

        LeftRecursion.Refuse(resolver._rules.Where(resolver._completable.Contains));
        return resolved;
    }

    private void Collect(Expression expression, HashSet<Expression> seen, HashSet<Rule> known)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (!expression.HasCalls || !seen.Add(expression))
        {
            return;
        }

        if (expression.Rule is { } rule)
        {
            if (known.Add(rule))
            {
                Collect(rule.Body!, seen, known);
                _rules.Add(rule);
            }

            return;
        }

        foreach (Expression part in expression.Parts)
        {
            Collect(part, seen, known);
        }
    }

    /// <summary>The least fixed point of "its body can be completed".</summary>
    private void FindCompletable()
    {
        bool changed = true;
        while (changed)
        {
            changed = false;
            Dictionary<Expression, bool> known = [];
            foreach (Rule rule in _rules)
            {
                if (!_completable.Contains(rule) && CanComplete(rule.Body!, known))
                {
                    _completable.Add(rule);
                    changed = true;
                }
            }
        }
    }

    private bool CanComplete(Expression expression, Dictionary<Expression, bool> known)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (!expression.HasCalls)
        {
            return !expression.IsNothing;
        }

        if (expression.Rule is { } rule)
        {
            return _completable.Contains(rule);
        }

        if (!known.TryGetValue(expression, out bool can))
        {
            can = expression.Kind switch
            {
                ExpressionKind.Choice => expression.Parts.Any(part => CanComplete(part, known)),
                ExpressionKind.Repeat => expression.Least == 0 || CanComplete(expression.Parts[0], known),
                _ => expression.Parts.All(part => CanComplete(part, known)),
            };
            known[expression] = can;
        }

        return can;
    }

    private Expression Without(Expression expression)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (!expression.HasCalls)
        {
            return expression;
        }

        if (expression.Rule is { } rule)
        {
            return _completable.Contains(rule) ? expression : _builder.Nothing;
        }

        if (!_resolved.TryGetValue(expression, out Expression? resolved))
        {
            resolved = expression.Kind switch
            {
                ExpressionKind.Choice => _builder.Choice(expression.Parts.Select(Without)),
                ExpressionKind.Repeat => _builder.Repeat(Without(expression.Parts[0]), expression.Least, expression.Most),
                _ => _builder.Sequence(Without(expression.Parts[0]), Without(expression.Parts[1])),
            };
            _resolved[expression] = resolved;
        }

        return resolved;
    }
}
