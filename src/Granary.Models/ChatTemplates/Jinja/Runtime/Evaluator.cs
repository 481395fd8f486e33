using System.Runtime.CompilerServices;
using Granary.Models.ChatTemplates.Jinja.Library;
using Granary.Models.ChatTemplates.Jinja.Syntax;
using Granary.Models.ChatTemplates.Jinja.Values;

namespace Granary.Models.ChatTemplates.Jinja.Runtime;

/// <summary>Gives expressions their values.</summary>
internal sealed class Evaluator(Operations operations)
{
    private readonly Filters _filters = new(operations);

    public Operations Operations { get; } = operations;

    public object? Evaluate(Expression expression, Scope scope)
    {
        Operations.Budget.Charge();
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (expression)
        {
            case Expression.Literal literal: return literal.Value;
            case Expression.Name name: return scope.TryGet(name.Id, out var value) ? value : new JinjaUndefined($"'{name.Id}'");
            case Expression.ListOf list: return new JinjaList([.. list.Items.Select(i => Evaluate(i, scope))], list.IsTuple);
            case Expression.DictOf dict: return MakeDict(dict, scope);
            case Expression.Attribute attribute: return Members.Attribute(Evaluate(attribute.Target, scope), attribute.Id, Operations);
            case Expression.Item item: return Members.Item(Evaluate(item.Target, scope), Evaluate(item.Index, scope), Operations);
            case Expression.Slice slice: return EvaluateSlice(slice, scope);
            case Expression.Call call: return Call(call, scope);
            case Expression.Filter filter: return _filters.Apply(filter.Id, Evaluate(filter.Target, scope), Arguments(filter.Id, filter.Arguments, scope));
            case Expression.Test test:
                return Tests.Check(test.Id, Evaluate(test.Target, scope), Arguments(test.Id, test.Arguments, scope), Operations) != test.Negated;
            case Expression.Unary unary: return EvaluateUnary(unary.Operator, Evaluate(unary.Operand, scope));
            case Expression.Binary binary: return EvaluateBinary(binary, scope);
            case Expression.Compare compare: return EvaluateCompare(compare, scope);
            case Expression.Condition condition:
                return Types.IsTrue(Evaluate(condition.When, scope)) ? Evaluate(condition.Then, scope)
                    : condition.Otherwise is null ? new JinjaUndefined("the inline if without else") : Evaluate(condition.Otherwise, scope);
            default: throw new InvalidOperationException($"An expression of kind {expression.GetType().Name} was forgotten.");
        }
    }

    public Arguments Arguments(string callee, CallArguments arguments, Scope scope)
    {
        var named = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in arguments.Named)
        {
            named[name] = Evaluate(value, scope);
        }

        return new(callee, [.. arguments.Positional.Select(a => Evaluate(a, scope))], named);
    }

    private object? Call(Expression.Call call, Scope scope) => Evaluate(call.Target, scope) switch
    {
        JinjaFunction function => function.Invoke(Arguments(function.Name, call.Arguments, scope)),
        JinjaUndefined undefined => throw undefined.Error(),
        var value => throw new JinjaException($"{Types.NameOf(value)} cannot be called"),
    };

    private JinjaDict MakeDict(Expression.DictOf expression, Scope scope)
    {
        var dict = new JinjaDict();
        foreach (var (key, value) in expression.Items)
        {
            dict.Set(Evaluate(key, scope), Evaluate(value, scope));
        }

        return dict;
    }

    private object? EvaluateSlice(Expression.Slice slice, Scope scope)
    {
        var target = Evaluate(slice.Target, scope);
        return Slicer.Slice(target, Bound(slice.Start), Bound(slice.Stop), Bound(slice.Step), Operations.Budget);

        long? Bound(Expression? bound) => bound is null ? null : Evaluate(bound, scope) switch
        {
            null => null,
            long number => number,
            var value => throw new JinjaException($"a slice needs whole numbers, not {Types.NameOf(value)}"),
        };
    }

    private object EvaluateUnary(string op, object? value)
    {
        if (op == "not")
        {
            return !Types.IsTrue(value);
        }

        return value switch
        {
            JinjaUndefined undefined => throw undefined.Error(),
            double number => op == "-" ? -number : number,
            _ when Types.AsLong(value) is { } number => Operations.Binary(op, 0L, number)!,
            _ => throw new JinjaException($"'{op}' does not work on {Types.NameOf(value)}"),
        };
    }

    private object? EvaluateBinary(Expression.Binary binary, Scope scope)
    {
        var left = Evaluate(binary.Left, scope);
        return binary.Operator switch
        {
            "and" => Types.IsTrue(left) ? Evaluate(binary.Right, scope) : left,
            "or" => Types.IsTrue(left) ? left : Evaluate(binary.Right, scope),
            "~" => Operations.Budget.Text(Operations.Str(left) + Operations.Str(Evaluate(binary.Right, scope))),
            _ => Operations.Binary(binary.Operator, left, Evaluate(binary.Right, scope)),
        };
    }

    private bool EvaluateCompare(Expression.Compare compare, Scope scope)
    {
        var left = Evaluate(compare.First, scope);
        foreach (var (op, operand) in compare.Rest)
        {
            var right = Evaluate(operand, scope);
            if (!Operations.Compare(op, left, right))
            {
                return false;
            }

            left = right;
        }

        return true;
    }
}
