using System.Diagnostics.Metrics;
using Granary.Diagnostics;

namespace Granary.Engine.Kv;

/// <summary>Metrics of the prefix cache, with vLLM's names under <c>granary:</c> and the label <c>model_name</c>.</summary>
internal sealed class KvMetrics : IDisposable
{
    private static readonly double[] AgeBuckets = [0.001, 0.01, 0.1, 1, 5, 10, 30, 60, 300, 600, 1800, 3600, 14400, 86400];

    private readonly Meter _meter = new(GranaryTelemetry.Name);
    private readonly TimeProvider _timeProvider;
    private readonly KeyValuePair<string, object?> _model;
    private readonly Counter<long> _queries;
    private readonly Counter<long> _hits;
    private readonly Counter<long> _notWritten;
    private readonly Histogram<double> _lifetime;
    private readonly Histogram<double> _idle;
    private readonly Histogram<double> _reuseGap;

    public KvMetrics(string model, TimeProvider timeProvider, Func<double> usage)
    {
        _timeProvider = timeProvider;
        _model = new("model_name", model);
        _meter.CreateObservableGauge("granary:kv_cache_usage_perc", () => new Measurement<double>(usage(), _model), description: "Part of the device's KV cache that running sequences hold, 0–1.");
        _queries = _meter.CreateCounter<long>("granary:prefix_cache_queries", "{token}", "Prompt tokens looked up in the prefix cache.");
        _hits = _meter.CreateCounter<long>("granary:prefix_cache_hits", "{token}", "Prompt tokens found in the prefix cache.");
        _notWritten = _meter.CreateCounter<long>("granary:kv_blocks_not_written_total", "{block}", "KV blocks that the disk was too slow for.");
        _lifetime = Age("granary:kv_block_lifetime_seconds", "From a block's arrival in host memory to its eviction.");
        _idle = Age("granary:kv_block_idle_before_evict_seconds", "From a block's last use in host memory to its eviction.");
        _reuseGap = Age("granary:kv_block_reuse_gap_seconds", "Between two uses of a block in host memory.");
    }

    /// <summary>Notes a prompt that was looked up.</summary>
    public void Queried(int promptTokens, int cachedTokens)
    {
        _queries.Add(promptTokens, _model);
        _hits.Add(cachedTokens, _model);
    }

    /// <summary>Notes that a block was used again.</summary>
    public void Reused(long lastUse, long now) => _reuseGap.Record(_timeProvider.GetElapsedTime(lastUse, now).TotalSeconds, _model);

    /// <summary>Notes that a block left host memory.</summary>
    public void Evicted(long created, long lastUse)
    {
        long now = _timeProvider.GetTimestamp();
        _lifetime.Record(_timeProvider.GetElapsedTime(created, now).TotalSeconds, _model);
        _idle.Record(_timeProvider.GetElapsedTime(lastUse, now).TotalSeconds, _model);
    }

    /// <summary>Notes a block that stays in memory alone.</summary>
    public void NotWritten() => _notWritten.Add(1, _model);

    public void Dispose() => _meter.Dispose();

    private Histogram<double> Age(string name, string description) =>
        _meter.CreateHistogram(name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = AgeBuckets });
}
