using Granary.Models.ChatTemplates.Jinja.Runtime;
using Granary.Models.ChatTemplates.Jinja.Values;

namespace Granary.Models.ChatTemplates.Jinja.Library;

/// <summary>The functions that every template can call.</summary>
internal static class Globals
{
    private const int MaxRange = 100_000;

    public static Scope Create(TimeProvider time, Budget budget)
    {
        var scope = new Scope(null);
        Add(scope, "raise_exception", a => throw new JinjaException(a.Text(0, "message"), isRaisedByTemplate: true));
        Add(scope, "strftime_now", a => Strftime.Format(time.GetLocalNow(), a.Text(0, "format")));
        Add(scope, "namespace", MakeNamespace);
        Add(scope, "dict", a => MakeDict(a.Named));
        Add(scope, "range", a => Range(a, budget));
        return scope;
    }

    private static void Add(Scope scope, string name, Func<Arguments, object?> function) => scope.Set(name, new JinjaFunction(name, function));

    private static JinjaNamespace MakeNamespace(Arguments arguments)
    {
        var space = new JinjaNamespace();
        if (arguments.Positional is [JinjaDict dict])
        {
            foreach (var (key, value) in dict.Items)
            {
                space.Values[key as string ?? throw new JinjaException("a namespace's names must be strings")] = value;
            }
        }

        foreach (var (name, value) in arguments.Named)
        {
            space.Values[name] = value;
        }

        return space;
    }

    private static JinjaDict MakeDict(IReadOnlyDictionary<string, object?> values)
    {
        var dict = new JinjaDict();
        foreach (var (name, value) in values)
        {
            dict.Set(name, value);
        }

        return dict;
    }

    private static JinjaList Range(Arguments arguments, Budget budget)
    {
        var one = arguments.Positional.Count < 2;
        var start = one ? 0 : arguments.Integer(0, "start", 0);
        var stop = one ? arguments.Integer(0, "stop", 0) : arguments.Integer(1, "stop", 0);
        var step = arguments.Integer(2, "step", 1);
        if (step == 0)
        {
            throw new JinjaException("range() needs a step that is not zero");
        }

        var count = Math.Max(0, Math.Ceiling(((double)stop - start) / step));
        if (count > MaxRange)
        {
            throw new JinjaException($"range() gives at most {MaxRange} numbers");
        }

        budget.Charge((long)count);
        return new([.. Enumerable.Range(0, (int)count).Select(i => (object)(start + i * step))]);
    }
}
