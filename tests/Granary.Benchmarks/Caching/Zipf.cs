namespace Granary.Benchmarks.Caching;

/// <summary>Numbers from 0, where number k is asked for in proportion to 1 / (k + 1)^s.</summary>
internal sealed class Zipf
{
    private readonly double[] _cumulative;
    private readonly Random _random;

    /// <param name="count">How many there are.</param>
    /// <param name="s">How steep it is.</param>
    /// <param name="seed">Of the draws.</param>
    public Zipf(int count, double s, int seed)
    {
        _random = new Random(seed);
        _cumulative = new double[count];
        var sum = 0.0;
        for (var k = 0; k < count; k++)
        {
            _cumulative[k] = sum += Math.Pow(k + 1, -s);
        }
    }

    /// <summary>The next draw.</summary>
    public int Next()
    {
        var found = Array.BinarySearch(_cumulative, _random.NextDouble() * _cumulative[^1]);
        return Math.Min(found < 0 ? ~found : found, _cumulative.Length - 1);
    }
}
