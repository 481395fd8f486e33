namespace Granary.Benchmarks.Serve;

/// <summary>A load, with the names and defaults of vLLM's <c>bench serve</c>.</summary>
internal sealed record ServeOptions
{
    /// <summary><c>openai-chat</c>, <c>openai</c> (older completions) or <c>granary-hub</c>.</summary>
    public required string Backend { get; init; }

    /// <summary>The server.</summary>
    public required Uri BaseUrl { get; init; }

    /// <summary>The model's name there.</summary>
    public required string Model { get; init; }

    /// <summary>Requests in all.</summary>
    public int NumPrompts { get; init; } = 1000;

    /// <summary>Requests a second; infinite: all at once.</summary>
    public double RequestRate { get; init; } = double.PositiveInfinity;

    /// <summary>Shape of the gamma distribution of the times between them: 1 is Poisson, less is burstier.</summary>
    public double Burstiness { get; init; } = 1;

    /// <summary>Most requests at a time; <see langword="null"/>: any number.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary><c>random</c>, <c>sharegpt</c> or <c>sonnet</c>.</summary>
    public string DatasetName { get; init; } = "random";

    /// <summary>The file of the last two.</summary>
    public FileInfo? DatasetPath { get; init; }

    /// <summary>Words of a random prompt; most tokenizers make one token of each.</summary>
    public int RandomInputLen { get; init; } = 1024;

    /// <summary>Most tokens of a reply.</summary>
    public int RandomOutputLen { get; init; } = 128;

    /// <summary>Whether replies go on to their limit.</summary>
    public bool IgnoreEos { get; init; }

    /// <summary>Of prompts and arrivals.</summary>
    public int Seed { get; init; }

    /// <summary>Metrics whose percentiles are told: <c>ttft</c>, <c>tpot</c>, <c>itl</c>, <c>e2el</c>.</summary>
    public string[] PercentileMetrics { get; init; } = ServeReport.Metrics;

    /// <summary>Percentiles that are told, 0–100.</summary>
    public double[] MetricPercentiles { get; init; } = [50, 90, 95, 99];

    /// <summary>Most milliseconds of each metric that a good request takes.</summary>
    public IReadOnlyDictionary<string, double> Goodput { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);
}
