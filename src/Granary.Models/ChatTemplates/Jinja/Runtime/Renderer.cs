using System.Text;
using Granary.Models.ChatTemplates.Jinja.Syntax;
using Granary.Models.ChatTemplates.Jinja.Values;

namespace Granary.Models.ChatTemplates.Jinja.Runtime;

/// <summary>Runs statements and collects their output.</summary>
internal sealed class Renderer(Evaluator evaluator)
{
    private readonly Operations _operations = evaluator.Operations;
    private readonly Budget _budget = evaluator.Operations.Budget;

    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    public static string Render(IReadOnlyList<Statement> template, Scope globals, Budget budget)
    {
        var output = new StringBuilder();
        new Renderer(new(new(budget))).Run(template, new Scope(globals), output);
        return output.ToString();
    }

    private Flow Run(IReadOnlyList<Statement> body, Scope scope, StringBuilder output)
    {
        foreach (var statement in body)
        {
            try
            {
                _budget.Charge();
                var flow = Run(statement, scope, output);
                if (flow != Flow.Next)
                {
                    return flow;
                }
            }
            catch (JinjaException e) when (e.Line == 0)
            {
                e.Line = statement.Line;
                throw;
            }
        }

        return Flow.Next;
    }

    private Flow Run(Statement statement, Scope scope, StringBuilder output)
    {
        switch (statement)
        {
            case Statement.Text text: Write(output, text.Value); break;
            case Statement.Output value: Write(output, _operations.Str(evaluator.Evaluate(value.Value, scope))); break;
            case Statement.If branches:
                var chosen = branches.Branches.FirstOrDefault(b => b.When is null || Types.IsTrue(evaluator.Evaluate(b.When, scope)));
                return chosen.Body is null ? Flow.Next : Run(chosen.Body, scope, output);
            case Statement.For loop: return RunLoop(loop, scope, output);
            case Statement.Set set: Assign(set.Target, evaluator.Evaluate(set.Value, scope), scope); break;
            case Statement.SetBlock set: Assign(set.Target, Filtered(set.Body, set.Value, scope), scope); break;
            case Statement.FilterBlock block: Write(output, _operations.Str(Filtered(block.Body, block.Value, scope))); break;
            case Statement.Macro macro: scope.Set(macro.Id, MakeMacro(macro, scope)); break;
            case Statement.CallBlock block: Write(output, _operations.Str(RunCallBlock(block, scope))); break;
            case Statement.With with:
                var inner = new Scope(scope);
                foreach (var (target, value) in with.Variables)
                {
                    Assign(target, evaluator.Evaluate(value, inner), inner);
                }

                return Run(with.Body, inner, output);
            case Statement.Block block: return Run(block.Body, scope, output);
            case Statement.Break: return Flow.Break;
            case Statement.Continue: return Flow.Continue;
            case Statement.Evaluate value: evaluator.Evaluate(value.Value, scope); break;
            default: throw new InvalidOperationException($"A statement of kind {statement.GetType().Name} was forgotten.");
        }

        return Flow.Next;
    }

    private Flow RunLoop(Statement.For statement, Scope scope, StringBuilder output)
    {
        var items = _operations.Iterate(evaluator.Evaluate(statement.Items, scope));
        if (statement.Where is not null)
        {
            items = [.. items.Where(item =>
            {
                var test = new Scope(scope);
                Assign(statement.Target, item, test);
                return Types.IsTrue(evaluator.Evaluate(statement.Where, test));
            })];
        }

        if (items.Count == 0)
        {
            return Run(statement.Otherwise, new Scope(scope), output);
        }

        var changed = new LoopMemory(_operations);
        for (var i = 0; i < items.Count; i++)
        {
            _budget.Charge();
            var inner = new Scope(scope);
            inner.Set("loop", new LoopVariable(items, i, changed));
            Assign(statement.Target, items[i], inner);
            if (Run(statement.Body, inner, output) == Flow.Break)
            {
                break;
            }
        }

        return Flow.Next;
    }

    private void Assign(Expression target, object? value, Scope scope)
    {
        switch (target)
        {
            case Expression.Name name:
                scope.Set(name.Id, value);
                break;
            case Expression.Attribute { Target: Expression.Name owner } attribute:
                if (!scope.TryGet(owner.Id, out var found) || found is not JinjaNamespace space)
                {
                    throw new JinjaException($"'{owner.Id}' is no namespace, so '{attribute.Id}' cannot be set");
                }

                space.Values[attribute.Id] = value;
                break;
            case Expression.ListOf list:
                var items = _operations.Iterate(value);
                if (items.Count != list.Items.Count)
                {
                    throw new JinjaException($"{items.Count} values cannot be unpacked to {list.Items.Count} names");
                }

                for (var i = 0; i < items.Count; i++)
                {
                    Assign(list.Items[i], items[i], scope);
                }

                break;
            default: throw new JinjaException("this cannot be assigned to");
        }
    }

    private object? Filtered(IReadOnlyList<Statement> body, Expression value, Scope scope)
    {
        var inner = new Scope(scope);
        var output = new StringBuilder();
        Run(body, inner, output);
        inner.Set(Statements.BodyVariable, output.ToString());
        return evaluator.Evaluate(value, inner);
    }

    private JinjaFunction MakeMacro(Statement.Macro macro, Scope scope) => new(macro.Id, arguments =>
    {
        _budget.Enter();
        var inner = new Scope(scope);
        for (var i = 0; i < macro.Parameters.Count; i++)
        {
            var (name, otherwise) = macro.Parameters[i];
            inner.Set(name, arguments.Has(i, name) ? arguments.Get(i, name, null)
                : otherwise is null ? new JinjaUndefined($"parameter '{name}' of macro '{macro.Id}'")
                : evaluator.Evaluate(otherwise, inner));
        }

        inner.Set("varargs", new JinjaList([.. arguments.Positional.Skip(macro.Parameters.Count)], isTuple: true));
        var rest = new JinjaDict();
        foreach (var (name, value) in arguments.Named.Where(n => macro.Parameters.All(p => p.Name != n.Key)))
        {
            if (name == "caller")
            {
                inner.Set(name, value);
            }
            else
            {
                rest.Set(name, value);
            }
        }

        inner.Set("kwargs", rest);
        var output = new StringBuilder();
        Run(macro.Body, inner, output);
        _budget.Leave();
        return output.ToString();
    });

    private object? RunCallBlock(Statement.CallBlock block, Scope scope)
    {
        if (evaluator.Evaluate(block.Call.Target, scope) is not JinjaFunction function)
        {
            throw new JinjaException("{% call %} needs a macro");
        }

        var arguments = evaluator.Arguments(function.Name, block.Call.Arguments, scope);
        var named = new Dictionary<string, object?>(arguments.Named, StringComparer.Ordinal) { ["caller"] = MakeMacro(block.Caller, scope) };
        return function.Invoke(new(function.Name, arguments.Positional, named));
    }

    private void Write(StringBuilder output, string text)
    {
        _budget.Output(text.Length);
        output.Append(text);
    }
}
