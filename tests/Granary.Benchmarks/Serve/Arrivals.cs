namespace Granary.Benchmarks.Serve;

/// <summary>When requests come.</summary>
internal static class Arrivals
{
    /// <summary>Times from the beginning, ascending: gaps of a gamma distribution whose mean is 1 / rate. Shape 1 makes a Poisson process.</summary>
    /// <param name="count">How many.</param>
    /// <param name="rate">A second; infinite: all at the beginning.</param>
    /// <param name="burstiness">The shape, above 0.</param>
    /// <param name="random">The source.</param>
    public static IEnumerable<TimeSpan> Draw(int count, double rate, double burstiness, Random random)
    {
        var at = 0.0;
        for (var i = 0; i < count; i++)
        {
            yield return TimeSpan.FromSeconds(at);
            at += double.IsInfinity(rate) ? 0 : Gamma(burstiness, random) / (rate * burstiness);
        }
    }

    // Marsaglia and Tsang, "A simple method for generating gamma variables" (2000).
    private static double Gamma(double shape, Random random)
    {
        if (shape < 1)
        {
            return Gamma(shape + 1, random) * Math.Pow(Uniform(random), 1 / shape);
        }

        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal(random);
            var v = Math.Pow(1 + (c * x), 3);
            if (v > 0 && Math.Log(Uniform(random)) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
            {
                return d * v;
            }
        }
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(Uniform(random))) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double Uniform(Random random) => 1 - random.NextDouble(); // never 0
}
