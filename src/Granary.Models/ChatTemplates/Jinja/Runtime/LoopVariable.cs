using Granary.Models.ChatTemplates.Jinja.Values;

namespace Granary.Models.ChatTemplates.Jinja.Runtime;

/// <summary>What a template knows as <c>loop</c>.</summary>
internal sealed class LoopVariable(IReadOnlyList<object?> items, int index, LoopMemory memory)
{
    public object? Attribute(string name) => name switch
    {
        "index" => index + 1L,
        "index0" => (long)index,
        "revindex" => (long)items.Count - index,
        "revindex0" => items.Count - index - 1L,
        "first" => index == 0,
        "last" => index == items.Count - 1,
        "length" => (long)items.Count,
        "previtem" => index > 0 ? items[index - 1] : new JinjaUndefined("there is no previous item"),
        "nextitem" => index + 1 < items.Count ? items[index + 1] : new JinjaUndefined("there is no next item"),
        "depth" => 1L,
        "depth0" => 0L,
        "cycle" => new JinjaFunction("cycle", a => a.Positional.Count > 0 ? a.Positional[index % a.Positional.Count] : throw new JinjaException("loop.cycle() needs values")),
        "changed" => new JinjaFunction("changed", memory.Changed),
        _ => new JinjaUndefined($"'loop.{name}'"),
    };
}

/// <summary>What <c>loop.changed</c> saw last.</summary>
internal sealed class LoopMemory(Operations operations)
{
    private JinjaList? _last;

    public object? Changed(Arguments arguments)
    {
        var now = new JinjaList([.. arguments.Positional]);
        var changed = _last is null || !operations.Equals(_last, now);
        _last = now;
        return changed;
    }
}
