using Granary.Engine.Sampling;

namespace Granary.Engine.Tests.Sampling;

/// <summary>What <see cref="Sampler"/> computes, written as plainly as it can be, in double precision.</summary>
internal static class SlowSampler
{
    /// <summary>Probability of each token.</summary>
    public static double[] Distribution(float[] logits, SamplingSettings settings)
    {
        double[] p = Softmax([.. logits.Select(l => (double)l / settings.Temperature)]);
        double best = p.Max();
        Keep(p, id => p[id] >= settings.MinP * best * (1 - 1e-7));
        if (settings.TopK > 0)
        {
            int[] kept = [.. Ranked(p).Take(settings.TopK)];
            Keep(p, id => kept.Contains(id));
        }

        double mass = settings.TopP >= 1 ? double.PositiveInfinity : settings.TopP * p.Sum();
        double sum = 0;
        HashSet<int> nucleus = [];
        foreach (int id in Ranked(p).Where(id => p[id] > 0))
        {
            if (sum < mass || nucleus.Count == 0)
            {
                nucleus.Add(id);
                sum += p[id];
            }
        }

        Keep(p, nucleus.Contains);
        double total = p.Sum();
        return [.. p.Select(x => x / total)];
    }

    public static int Draw(double[] distribution, double unit)
    {
        double left = unit;
        for (int id = 0; id < distribution.Length; id++)
        {
            left -= distribution[id];
            if (left < 0)
            {
                return id;
            }
        }

        return Array.FindLastIndex(distribution, p => p > 0);
    }

    private static IEnumerable<int> Ranked(double[] p) => Enumerable.Range(0, p.Length).OrderByDescending(id => p[id]).ThenBy(id => id);

    private static void Keep(double[] p, Func<int, bool> keep)
    {
        bool[] kept = [.. Enumerable.Range(0, p.Length).Select(keep)];
        for (int id = 0; id < p.Length; id++)
        {
            p[id] = kept[id] ? p[id] : 0;
        }
    }

    private static double[] Softmax(double[] x)
    {
        double max = x.Max();
        double total = x.Sum(v => Math.Exp(v - max));
        return [.. x.Select(v => Math.Exp(v - max) / total)];
    }
}
