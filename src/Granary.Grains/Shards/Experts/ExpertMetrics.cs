using System.Diagnostics.Metrics;
using Granary.Diagnostics;

namespace Granary.Shards;

/// <summary>What layers of this silo ask of experts elsewhere.</summary>
internal sealed class ExpertMetrics : IDisposable
{
    private static readonly double[] Seconds = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

    private readonly Meter _meter = new(GranaryTelemetry.Name);
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _calls;
    private readonly Counter<long> _hedges;
    private readonly Histogram<double> _seconds;

    public ExpertMetrics()
    {
        _bytes = _meter.CreateCounter<long>("granary:expert_bytes", "By", "Hidden states that went to experts on other silos and came back from them.");
        _calls = _meter.CreateCounter<long>("granary:expert_calls", "{call}", "Batches that experts on other silos were asked, by outcome.");
        _hedges = _meter.CreateCounter<long>("granary:expert_hedges", "{call}", "Batches that a second silo was asked because the first one was slow, by who answered first.");
        _seconds = _meter.CreateHistogram<double>("granary:expert_call_seconds", "s", "Time from asking experts on another silo to their answer.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
    }

    public void Answered(string model, long bytes, TimeSpan took)
    {
        var tag = Tag("model_name", model);
        _bytes.Add(bytes, tag);
        _calls.Add(1, tag, Tag("outcome", "answered"));
        _seconds.Record(took.TotalSeconds, tag);
    }

    public void Failed(string model) => _calls.Add(1, Tag("model_name", model), Tag("outcome", "failed"));

    public void Hedged(string model, bool secondWon) => _hedges.Add(1, Tag("model_name", model), Tag("first", secondWon ? "second" : "first"));

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
