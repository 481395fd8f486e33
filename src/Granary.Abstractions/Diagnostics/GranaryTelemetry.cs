using System.Diagnostics;

namespace Granary.Diagnostics;

/// <summary>What all of Granary's instruments and spans go by.</summary>
public static class GranaryTelemetry
{
    /// <summary>Name of the meters and of the activity source.</summary>
    public const string Name = "Granary";

    /// <summary>The source of all spans.</summary>
    public static ActivitySource Activities { get; } = new(Name);

    /// <summary>Begins a span of the trace that came with a request.</summary>
    /// <param name="name">What is done.</param>
    /// <param name="traceParent">The span that asked for it, as W3C's <c>traceparent</c>; <see langword="null"/> for none.</param>
    /// <param name="begin">When it began; now, if left out.</param>
    /// <returns><see langword="null"/> where the request belongs to no trace, or nobody listens: only who lets a request in begins a trace.</returns>
    public static Activity? StartSpan(string name, string? traceParent, DateTimeOffset begin = default) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent) ? Activities.StartActivity(name, ActivityKind.Internal, parent, startTime: begin) : null;
}
