namespace Granary.Models.Tokenization.PreTokenizers;

/// <summary>What becomes of the delimiters of a split.</summary>
internal enum SplitBehaviour
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

internal static class SplitBehaviours
{
    public static void Join(
        this SplitBehaviour behaviour,
        List<(int Start, int End, bool IsMatch)> parts,
        bool invert,
        List<(int Start, int End)> ranges)
    {
        var first = ranges.Count;
        if (behaviour == SplitBehaviour.MergedWithNext)
        {
            parts.Reverse();
        }

        var previous = false;
        foreach (var (start, end, isMatch) in parts)
        {
            var match = isMatch != invert;
            var joins = ranges.Count > first && behaviour switch
            {
                SplitBehaviour.Contiguous => match == previous,
                SplitBehaviour.MergedWithPrevious or SplitBehaviour.MergedWithNext => match && !previous,
                _ => false,
            };
            previous = match;
            if (joins)
            {
                var last = ranges[^1];
                ranges[^1] = (Math.Min(last.Start, start), Math.Max(last.End, end));
            }
            else if (!match || behaviour != SplitBehaviour.Removed)
            {
                ranges.Add((start, end));
            }
        }

        if (behaviour == SplitBehaviour.MergedWithNext)
        {
            ranges.Reverse(first, ranges.Count - first);
        }
    }
}
