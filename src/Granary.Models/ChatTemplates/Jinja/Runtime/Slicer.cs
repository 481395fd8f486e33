using System.Text;
using Granary.Models.ChatTemplates.Jinja.Values;

namespace Granary.Models.ChatTemplates.Jinja.Runtime;

/// <summary>Python's slices of lists and strings.</summary>
internal static class Slicer
{
    public static object Slice(object? target, long? start, long? stop, long? step, Budget budget)
    {
        switch (target)
        {
            case string text:
                var runes = text.EnumerateRunes().ToArray();
                budget.ChargeText(text.Length * 4L);
                var result = new StringBuilder();
                foreach (var index in Indices(runes.Length, start, stop, step))
                {
                    result.Append(runes[index]);
                }

                return result.ToString();
            case JinjaList list:
                budget.Charge(list.Items.Count);
                return new JinjaList([.. Indices(list.Items.Count, start, stop, step).Select(i => list.Items[i])], list.IsTuple);
            case JinjaUndefined undefined: throw undefined.Error();
            default: throw new JinjaException($"{Types.NameOf(target)} cannot be sliced");
        }
    }

    private static IEnumerable<int> Indices(int length, long? start, long? stop, long? step)
    {
        var by = step ?? 1;
        if (by == 0)
        {
            throw new JinjaException("a slice's step cannot be zero");
        }

        var (low, high) = by > 0 ? (0, length) : (-1, length - 1);
        var from = Clamp(start, by > 0 ? low : high);
        var to = Clamp(stop, by > 0 ? high : low);
        return Enumerate();

        long Clamp(long? bound, long whenMissing) =>
            bound is not { } value ? whenMissing : Math.Clamp(value < 0 ? value + length : value, low, high);

        IEnumerable<int> Enumerate()
        {
            by = Math.Clamp(by, -length - 1, length + 1);
            for (var i = from; by > 0 ? i < to : i > to; i += by)
            {
                yield return (int)i;
            }
        }
    }
}
