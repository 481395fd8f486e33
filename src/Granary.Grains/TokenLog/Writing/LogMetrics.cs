using System.Diagnostics.Metrics;
using Granary.Diagnostics;
using Granary.Health;

namespace Granary.TokenLog.Writing;

/// <summary>The token log's metrics. Seconds and records.</summary>
internal sealed class LogMetrics : IDisposable
{
    private static readonly double[] LatencyBuckets = [0.0005, 0.001, 0.002, 0.004, 0.006, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly long[] BatchBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

    private readonly Meter _meter = new(GranaryTelemetry.Name);
    private readonly Histogram<double> _latency;
    private readonly Histogram<long> _batch;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _fenced;

    public LogMetrics(WorkProgress progress)
    {
        _meter.CreateObservableGauge("granary:token_log_waiting", () => progress.Waiting, "{record}", "Records, and calls to the store, that are not done yet.");
        _latency = _meter.CreateHistogram(
            "granary:token_log_commit_seconds", "s", "One commit of the token log.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = LatencyBuckets });
        _batch = _meter.CreateHistogram(
            "granary:token_log_batch_records", "{record}", "Records of one commit.", tags: null, new InstrumentAdvice<long> { HistogramBucketBoundaries = BatchBuckets });
        _failures = _meter.CreateCounter<long>("granary:token_log_failures_total", "{commit}", "Commits that failed and were tried again.");
        _fenced = _meter.CreateCounter<long>("granary:token_log_fenced_total", "{turn}", "Turns that lost their right to append.");
    }

    public void Committed(TimeSpan time, int records)
    {
        _latency.Record(time.TotalSeconds);
        _batch.Record(records);
    }

    public void Failed() => _failures.Add(1);

    public void Fenced() => _fenced.Add(1);

    public void Dispose() => _meter.Dispose();
}
