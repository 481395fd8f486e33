using System.Collections.Concurrent;
using System.Diagnostics;
using Granary.Diagnostics;
using Granary.Gateway.Tests.Running;

namespace Granary.Gateway.Tests.Telemetry;

/// <summary>The spans of this process that ended while it listened.</summary>
internal sealed class RecordedSpans : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;

    public RecordedSpans()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == GranaryTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Waits for a span that fits; the last part of a reply's work ends after its caller has all.</summary>
    public async Task<Activity> FindAsync(string name, Func<Activity, bool> fits)
    {
        Activity? found = null;
        await Eventually.TrueAsync(
            () => Task.FromResult((found = _spans.FirstOrDefault(span => span.DisplayName == name && fits(span))) is not null), $"there was no span '{name}'");
        return found!;
    }

    public Task<Activity> ChildAsync(Activity parent, string name) => FindAsync(name, span => span.TraceId == parent.TraceId && span.ParentSpanId == parent.SpanId);

    public void Dispose() => _listener.Dispose();
}
