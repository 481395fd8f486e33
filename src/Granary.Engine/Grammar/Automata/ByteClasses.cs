using Granary.Engine.Grammar.Expressions;

namespace Granary.Engine.Grammar.Automata;

/// <summary>Bytes that no expression of a grammar tells apart share a class: tables of transitions are a tenth as wide.</summary>
internal sealed class ByteClasses
{
    private readonly byte[] _classes = new byte[256];

    public ByteClasses(Expression root)
    {
        Count = 1;
        HashSet<Expression> seen = [root];
        var open = new Stack<Expression>(seen);
        while (open.TryPop(out Expression? expression))
        {
            if (expression.Kind is ExpressionKind.Bytes && Count < 256)
            {
                Refine(expression.Set);
            }

            foreach (Expression part in expression.Rule is { } rule ? [rule.Body!] : expression.Parts)
            {
                if (seen.Add(part))
                {
                    open.Push(part);
                }
            }
        }
    }

    public int Count { get; private set; }

    /// <summary>The class of each byte.</summary>
    public ReadOnlySpan<byte> Of => _classes;

    private void Refine(ByteSet set)
    {
        Span<short> inside = stackalloc short[256];
        Span<bool> hasOutside = stackalloc bool[256];
        inside.Fill(-1);
        hasOutside.Clear();
        for (int value = 0; value < 256; value++)
        {
            hasOutside[_classes[value]] |= !set.Contains((byte)value);
        }

        for (int value = 0; value < 256; value++)
        {
            byte own = _classes[value];
            if (set.Contains((byte)value) && hasOutside[own])
            {
                inside[own] = inside[own] < 0 ? (short)Count++ : inside[own];
                _classes[value] = (byte)inside[own];
            }
        }
    }
}
