namespace Granary.Engine.Grammar.Expressions;

/// <summary>Many literals as one expression that shares their beginnings, so that a choice of thousands costs one branch a byte.</summary>
internal static class LiteralTree
{
    public static Expression Build(ExpressionBuilder builder, IEnumerable<byte[]> literals)
    {
        List<byte[]> sorted = [.. literals];
        if (sorted.Count == 0)
        {
            return builder.Nothing;
        }

        sorted.Sort((a, b) => a.AsSpan().SequenceCompareTo(b));
        return Build(builder, sorted, 0, sorted.Count, 0);
    }

    private static Expression Build(ExpressionBuilder builder, List<byte[]> sorted, int start, int end, int depth)
    {
        if (end - start == 1)
        {
            return builder.Literal(sorted[start].AsSpan(depth));
        }

        // What all have in common is no level of its own: the depth of calls is that of branchings.
        int common = depth;
        while (common < sorted[start].Length && common < sorted[end - 1].Length && sorted[start][common] == sorted[end - 1][common])
        {
            common++;
        }

        List<Expression> branches = [];
        int at = start;
        while (at < end && sorted[at].Length == common)
        {
            branches = [builder.Empty];
            at++;
        }

        while (at < end)
        {
            int next = at + 1;
            while (next < end && sorted[next][common] == sorted[at][common])
            {
                next++;
            }

            branches.Add(Build(builder, sorted, at, next, common));
            at = next;
        }

        return builder.Sequence(builder.Literal(sorted[start].AsSpan(depth, common - depth)), builder.Choice(branches));
    }
}
