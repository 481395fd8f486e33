using System.Globalization;

namespace Granary.Benchmarks.Serve;

/// <summary>The figures of a load, under vLLM's keys. Milliseconds where a key says so; times of single requests are seconds.</summary>
internal static class ServeReport
{
    /// <summary>Names of the metrics.</summary>
    public static string[] Metrics { get; } = ["ttft", "tpot", "itl", "e2el", "client_queue_time", "e2el_including_client_queue"];

    /// <summary>Those that goals are set for.</summary>
    public static string[] GoodputMetrics { get; } = ["ttft", "tpot", "e2el"];

    /// <summary>Keys with a value for each request that <c>--save-detailed</c> keeps.</summary>
    public static string[] Details { get; } = ["input_lens", "output_lens", "start_times", "ttfts", "itls", "generated_texts", "errors"];

    /// <summary>All figures in the order in which they are told.</summary>
    public static Dictionary<string, object?> Create(ServeOptions options, ServeRun run, DateTimeOffset now)
    {
        var (time, results) = run;
        ServeResult[] completed = [.. results.Where(result => result.Error is null)];
        var (input, output, seconds) = (completed.Sum(result => (long)result.InputTokens), completed.Sum(result => (long)result.OutputTokens), time.TotalSeconds);
        var report = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["date"] = now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture),
            ["endpoint_type"] = options.Backend,
            ["backend"] = options.Backend,
            ["label"] = options.Label,
            ["model_id"] = options.Model,
            ["tokenizer_id"] = options.TokenizerId,
            ["num_prompts"] = options.NumPrompts,
        };
        foreach (var (key, value) in options.Metadata)
        {
            report[key] = value;
        }

        report["request_rate"] = double.IsInfinity(options.RequestRate) ? "inf" : options.RequestRate;
        report["burstiness"] = double.IsInfinity(options.Burstiness) ? "inf" : options.Burstiness;
        report["max_concurrency"] = options.MaxConcurrency;
        if (options.RampUp is { } ramp)
        {
            report["ramp_up_strategy"] = ramp.Strategy;
            report["ramp_up_start_rps"] = ramp.StartRps;
            report["ramp_up_end_rps"] = ramp.EndRps;
        }

        report["duration"] = seconds;
        report["completed"] = completed.Length;
        report["failed"] = results.Length - completed.Length;
        report["total_input_tokens"] = input;
        report["total_output_tokens"] = output;
        report["request_throughput"] = completed.Length / seconds;
        report["request_goodput"] = options.Goodput.Count == 0 ? null : completed.Count(result => IsGood(result, options.Goodput)) / seconds;
        report["output_throughput"] = output / seconds;
        report["total_token_throughput"] = (input + output) / seconds;
        AddDetails(report, results);
        report["max_output_tokens_per_s"] = ServePeaks.TokensPerSecond(completed);
        report["max_concurrent_requests"] = ServePeaks.Concurrent(completed);
        report["rtfx"] = 0.0; // of speech, which nobody asked for
        AddProbes(report, run.Probes);
        if (run.RateChanges.Count > 0)
        {
            report["rps_change_events"] = run.RateChanges.Select(change => new { rps = change.Rps, timestamp = change.At.ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture) }).ToArray();
        }

        foreach (var metric in options.PercentileMetrics.Where(metric => IsThere(metric, options)))
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

    private static void AddDetails(Dictionary<string, object?> report, ServeResult[] results)
    {
        const double Second = 1000;
        report["input_lens"] = Array.ConvertAll(results, result => result.InputTokens);
        report["output_lens"] = Array.ConvertAll(results, result => result.OutputTokens);
        report["ttfts"] = Array.ConvertAll(results, result => result.Ttft / Second);
        report["itls"] = Array.ConvertAll(results, result => result.Itl.Select(gap => gap / Second).ToArray());
        report["latencies"] = Array.ConvertAll(results, result => result.E2el / Second);
        report["start_times"] = Array.ConvertAll(results, result => result.StartSeconds);
        report["queue_times"] = Array.ConvertAll(results, result => result.Queued / Second);
        report["generated_texts"] = Array.ConvertAll(results, result => result.Text);
        report["errors"] = Array.ConvertAll(results, result => result.Error ?? "");
    }

    private static void AddProbes(Dictionary<string, object?> report, IReadOnlyList<ServeResult> probes)
    {
        double[] times = [.. probes.Where(probe => probe.Error is null).Select(probe => probe.E2el).Order()];
        if (times.Length == 0)
        {
            return;
        }

        report["probe_completed"] = times.Length;
        report["probe_failed"] = probes.Count - times.Length;
        report["probe_median_e2el_ms"] = Percentile(times, 50);
        report["probe_p99_e2el_ms"] = Percentile(times, 99);
        report["probe_max_e2el_ms"] = times[^1];
    }

    // Without a bound nobody waits for a place, and with all at once the waiting is the load's own doing.
    private static bool IsThere(string metric, ServeOptions options) => metric switch
    {
        "client_queue_time" => options.MaxConcurrency is not null,
        "e2el_including_client_queue" => options.MaxConcurrency is not null && !double.IsInfinity(options.RequestRate),
        _ => true,
    };

    private static bool IsGood(ServeResult result, IReadOnlyDictionary<string, double> goals) =>
        goals.All(goal => Values(result, goal.Key).DefaultIfEmpty(0).Average() <= goal.Value);

    private static IEnumerable<double> Values(ServeResult result, string metric) => metric switch
    {
        "ttft" => [result.Ttft],
        "tpot" => result.Tpot is { } tpot ? [tpot] : [],
        "itl" => result.Itl,
        "client_queue_time" => [result.Queued],
        "e2el_including_client_queue" => [result.E2el + result.Queued],
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
