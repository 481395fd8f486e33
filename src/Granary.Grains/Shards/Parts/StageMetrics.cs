using System.Diagnostics.Metrics;
using Granary.Diagnostics;

namespace Granary.Shards;

/// <summary>What stages of this silo send on.</summary>
internal sealed class StageMetrics : IDisposable
{
    private readonly Meter _meter = new(GranaryTelemetry.Name);
    private readonly Counter<long> _bytes;
    private readonly Counter<double> _seconds;

    public StageMetrics()
    {
        _bytes = _meter.CreateCounter<long>("granary:stage_sent_bytes", "By", "Hidden states that stages of this silo, the head's included, passed on to the next one.");
        _seconds = _meter.CreateCounter<double>("granary:stage_compute_seconds", "s", "Time that stages of this silo, the head's not included, computed.");
    }

    public void Sent(string model, long bytes, TimeSpan computed)
    {
        var tag = new KeyValuePair<string, object?>("model_name", model);
        _bytes.Add(bytes, tag);
        _seconds.Add(computed.TotalSeconds, tag);
    }

    public void Dispose() => _meter.Dispose();
}
