namespace Granary.Engine.Tests.Sampling;

/// <summary>Pearson's goodness of fit.</summary>
internal static class ChiSquare
{
    public static double Statistic(IReadOnlyList<int> observed, Func<int, double> expected) =>
        observed.Select((count, i) => (Count: count, Expected: expected(i)))
            .Where(cell => cell.Expected > 0)
            .Sum(cell => Math.Pow(cell.Count - cell.Expected, 2) / cell.Expected);

    /// <summary>The 99.99 % quantile (Wilson and Hilferty's approximation).</summary>
    public static double Limit(int degreesOfFreedom)
    {
        double variance = 2.0 / (9 * degreesOfFreedom);
        return degreesOfFreedom * Math.Pow(1 - variance + (3.719 * Math.Sqrt(variance)), 3);
    }
}
