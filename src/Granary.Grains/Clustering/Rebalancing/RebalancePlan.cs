namespace Granary.Clustering;

/// <summary>Whom a silo gives how many of its sleeping conversations. Every silo plans for itself from the same counts, so that together they fill every gap once.</summary>
internal static class RebalancePlan
{
    /// <summary>Part of the mean by which a silo may be above it.</summary>
    private const double Tolerance = 0.05;

    /// <param name="counts">Conversations by silo, of those that share them.</param>
    /// <param name="own">The silo that plans; it is one of them.</param>
    /// <param name="total">All conversations, with those that are on their way between silos and in no count.</param>
    /// <param name="most">Most to give at this time.</param>
    /// <returns>Silos below the mean, with how many each gets; empty where this silo is not above it.</returns>
    public static IReadOnlyList<(SiloAddress Silo, int Count)> Of(IReadOnlyDictionary<SiloAddress, int> counts, SiloAddress own, int total, int most)
    {
        var mean = (double)total / counts.Count;
        var surplus = counts[own] - mean;
        if (surplus <= Math.Max(1, mean * Tolerance))
        {
            return [];
        }

        var gaps = counts.Where(count => count.Value < mean).OrderBy(count => count.Key).Select(count => (Silo: count.Key, Size: mean - count.Value)).ToList();
        var all = gaps.Sum(gap => gap.Size);
        var give = Math.Min(most, surplus);
        return [.. gaps.Select(gap => (gap.Silo, Count: (int)Math.Ceiling(give * gap.Size / all))).Where(gift => gift.Count > 0)];
    }
}
