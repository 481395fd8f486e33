namespace Granary.Gateway.Telemetry.Metrics;

/// <summary>The values of one metric that have the same labels. Any thread adds; nothing is allocated for it.</summary>
internal sealed class MetricSeries
{
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly double[] _bounds;
    private readonly long[] _buckets; // [bounds + 1], each with its own values alone
    private readonly Lock _lock = new();
    private double _sum;
    private bool _isKnown;

    /// <param name="tags">The labels.</param>
    /// <param name="bounds">Upper bounds of a histogram's buckets, ascending; empty for everything else.</param>
    public MetricSeries(ReadOnlySpan<KeyValuePair<string, object?>> tags, double[] bounds)
    {
        _tags = tags.ToArray();
        _bounds = bounds;
        _buckets = new long[bounds.Length + 1];
        Labels = PrometheusText.Labels(tags);
    }

    /// <summary>The labels.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Tags => _tags;

    /// <summary>As Prometheus writes them, without braces.</summary>
    public string Labels { get; }

    public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length != _tags.Length)
            return false;
        for (var i = 0; i < tags.Length; i++)
        {
            if (tags[i].Key != _tags[i].Key || !Equals(tags[i].Value, _tags[i].Value))
                return false;
        }

        return true;
    }

    public void Add(double value)
    {
        lock (_lock)
        {
            _sum += value;
            _isKnown = true;
        }
    }

    public void Set(double value)
    {
        lock (_lock)
        {
            _sum = value;
            _isKnown = true;
        }
    }

    /// <summary>Counts a value of a histogram.</summary>
    public void Count(double value)
    {
        var bucket = Array.BinarySearch(_bounds, value);
        lock (_lock)
        {
            _sum += value;
            _isKnown = true;
            _buckets[bucket < 0 ? ~bucket : bucket]++;
        }
    }

    /// <summary>Forgets the value, of what is told anew at each scrape.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            (_sum, _isKnown) = (0, false);
        }
    }

    /// <summary>What it is now; <see langword="null"/> if nobody told.</summary>
    public (double Sum, long[] Buckets)? Read()
    {
        lock (_lock)
        {
            return _isKnown ? (_sum, (long[])_buckets.Clone()) : null;
        }
    }
}
