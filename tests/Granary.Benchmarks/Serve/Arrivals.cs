namespace Granary.Benchmarks.Serve;

/// <summary>When requests come.</summary>
internal static class Arrivals
{
    /// <summary>Times from the beginning, ascending: gaps of a gamma distribution whose mean is 1 / rate. Shape 1 makes a Poisson process.</summary>
    /// <param name="count">How many.</param>
    /// <param name="options">Rate, burstiness and how the rate grows.</param>
    /// <param name="random">The source.</param>
    /// <returns>For a rate that does not grow, the last is at count / rate whatever was drawn, so that seeds do not make different rates.</returns>
    public static TimeSpan[] Draw(int count, ServeOptions options, Random random) => Draw(count, options.RequestRate, options.Burstiness, options.RampUp, random);

    /// <inheritdoc cref="Draw(int, ServeOptions, Random)"/>
    public static TimeSpan[] Draw(int count, double rate, double burstiness, RampUp? growth, Random random)
    {
        var times = new double[count];
        var at = 0.0;
        for (var i = 0; i < count; i++)
        {
            at += Gap(growth?.RateOf(i, count) ?? rate, burstiness, random);
            times[i] = at;
        }

        var scale = growth is null && at > 0 ? count / rate / at : 1;
        return Array.ConvertAll(times, time => TimeSpan.FromSeconds(time * scale));
    }

    private static double Gap(double rate, double burstiness, Random random) =>
        double.IsInfinity(rate) ? 0 : double.IsInfinity(burstiness) ? 1 / rate : Gamma(burstiness, random) / (rate * burstiness);

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
