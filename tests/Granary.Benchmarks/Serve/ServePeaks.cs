namespace Granary.Benchmarks.Serve;

/// <summary>The busiest moments of a load.</summary>
internal static class ServePeaks
{
    private const double Millisecond = 0.001;

    /// <summary>Most pieces of replies in one second, of seconds counted from the first request on. vLLM calls them tokens.</summary>
    public static double TokensPerSecond(IReadOnlyCollection<ServeResult> completed)
    {
        if (completed.Count == 0)
        {
            return 0;
        }

        var begin = completed.Min(result => result.StartSeconds);
        return completed.SelectMany(PieceSeconds).CountBy(at => (int)(at - begin)).Max(second => second.Value);
    }

    /// <summary>Most requests that ran at the same time; one that ends when another begins does not run beside it.</summary>
    public static int Concurrent(IReadOnlyCollection<ServeResult> completed)
    {
        var (running, most) = (0, 0);
        foreach (var (_, change) in completed.SelectMany(result => new[] { (At: result.StartSeconds, Change: 1), (At: result.StartSeconds + (result.E2el * Millisecond), Change: -1) }).Order())
        {
            running += change;
            most = Math.Max(most, running);
        }

        return most;
    }

    private static IEnumerable<double> PieceSeconds(ServeResult result)
    {
        var at = result.StartSeconds + (result.Ttft * Millisecond);
        yield return at;
        foreach (var gap in result.Itl)
        {
            yield return at += gap * Millisecond;
        }
    }
}
