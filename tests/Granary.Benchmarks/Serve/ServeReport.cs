using System.Globalization;

namespace Granary.Benchmarks.Serve;

/// <summary>The figures of a load, under vLLM's keys. Milliseconds.</summary>
internal static class ServeReport
{
    /// <summary>Names of the metrics.</summary>
    public static string[] Metrics { get; } = ["ttft", "tpot", "itl", "e2el"];

    /// <summary>All figures in the order in which they are told.</summary>
    public static Dictionary<string, object?> Create(ServeOptions options, TimeSpan time, IReadOnlyCollection<ServeResult> results)
    {
        ServeResult[] completed = [.. results.Where(result => result.Error is null)];
        var (input, output, seconds) = (completed.Sum(result => (long)result.InputTokens), completed.Sum(result => (long)result.OutputTokens), time.TotalSeconds);
        var report = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["backend"] = options.Backend,
            ["model_id"] = options.Model,
            ["num_prompts"] = options.NumPrompts,
            ["request_rate"] = double.IsInfinity(options.RequestRate) ? "inf" : options.RequestRate,
            ["burstiness"] = options.Burstiness,
            ["max_concurrency"] = options.MaxConcurrency,
            ["duration"] = seconds,
            ["completed"] = completed.Length,
            ["failed"] = results.Count - completed.Length,
            ["total_input_tokens"] = input,
            ["total_output_tokens"] = output,
            ["request_throughput"] = completed.Length / seconds,
            ["request_goodput"] = options.Goodput.Count == 0 ? null : completed.Count(result => IsGood(result, options.Goodput)) / seconds,
            ["output_throughput"] = output / seconds,
            ["total_token_throughput"] = (input + output) / seconds,
        };
        foreach (var metric in options.PercentileMetrics)
        {
            double[] values = [.. completed.SelectMany(result => Values(result, metric)).Order()];
            report[$"mean_{metric}_ms"] = values.DefaultIfEmpty(0).Average();
            report[$"median_{metric}_ms"] = Percentile(values, 50);
            report[$"std_{metric}_ms"] = Deviation(values);
            foreach (var percentile in options.MetricPercentiles)
            {
                report[string.Create(CultureInfo.InvariantCulture, $"p{percentile}_{metric}_ms")] = Percentile(values, percentile);
            }
        }

        return report;
    }

    private static bool IsGood(ServeResult result, IReadOnlyDictionary<string, double> goals) =>
        goals.All(goal => Values(result, goal.Key).DefaultIfEmpty(0).Average() <= goal.Value);

    private static IEnumerable<double> Values(ServeResult result, string metric) => metric switch
    {
        "ttft" => [result.Ttft],
        "tpot" => result.Tpot is { } tpot ? [tpot] : [],
        "itl" => result.Itl,
        _ => [result.E2el],
    };

    // Linear between neighbours, as NumPy's.
    private static double Percentile(double[] sorted, double percentile)
    {
        if (sorted.Length == 0)
        {
            return 0;
        }

        var at = (sorted.Length - 1) * percentile / 100;
        var (low, high) = ((int)Math.Floor(at), (int)Math.Ceiling(at));
        return sorted[low] + ((sorted[high] - sorted[low]) * (at - low));
    }

    private static double Deviation(double[] values)
    {
        if (values.Length == 0)
        {
            return 0;
        }

        var mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }
}
