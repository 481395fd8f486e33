namespace Granary.Gateway.Telemetry.Metrics;

/// <summary>All series of one name. Instruments of one name, such as those of two engines, share it.</summary>
/// <param name="name">As Prometheus has it.</param>
/// <param name="kind">The type.</param>
/// <param name="help">What it is, in a sentence.</param>
/// <param name="isObserved">Whether its instruments tell their values at each scrape, rather than what is to be added to them.</param>
/// <param name="bounds">Upper bounds of a histogram's buckets, ascending; empty for everything else.</param>
internal sealed class MetricFamily(string name, MetricKind kind, string help, bool isObserved, double[] bounds)
{
    /// <summary>Most label sets; values with others are put together, so that no caller can fill the memory with labels.</summary>
    public const int MaxSeries = 1000;

    private static readonly KeyValuePair<string, object?>[] Overflow = [new("otel.metric.overflow", true)];

    private readonly Lock _lock = new();
    private volatile MetricSeries[] _series = [];

    public string Name => name;

    /// <summary>What its instruments are called.</summary>
    public required string Instrument { get; init; }

    /// <summary>UCUM's unit, such as <c>s</c> or <c>{token}</c>; empty if it has none.</summary>
    public string Unit { get; init; } = "";

    public MetricKind Kind => kind;

    public string Help => help;

    public IReadOnlyList<double> Bounds => bounds;

    public IReadOnlyList<MetricSeries> Series => _series;

    /// <summary>Whether its values are the ones that were set last, and not sums.</summary>
    public bool IsSet { get; init; }

    /// <summary>Takes a measurement.</summary>
    public void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = Find(tags);
        if (kind == MetricKind.Histogram)
            series.Count(value);
        else if (IsSet)
            series.Set(value);
        else
            series.Add(value);
    }

    /// <summary>Forgets what is told anew at each scrape.</summary>
    public void Begin()
    {
        if (!isObserved)
            return;
        foreach (var series in _series)
            series.Forget();
    }

    // A few series have to be compared, and most metrics have one.
    private MetricSeries Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var series in _series)
        {
            if (series.Has(tags))
                return series;
        }

        lock (_lock)
        {
            foreach (var series in _series)
            {
                if (series.Has(tags))
                    return series;
            }

            if (_series.Length == MaxSeries)
                return Find(Overflow);
            var added = new MetricSeries(_series.Length == MaxSeries - 1 ? Overflow : tags, bounds);
            _series = [.. _series, added];
            return added;
        }
    }
}
