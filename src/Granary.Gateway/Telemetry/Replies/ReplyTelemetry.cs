using System.Diagnostics;
using System.Diagnostics.Metrics;
using Granary.Diagnostics;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Telemetry.Replies;

/// <summary>Spans and metrics of replies, as this gateway's callers get them, by OpenTelemetry's conventions for GenAI.</summary>
internal sealed class ReplyTelemetry : IDisposable
{
    private static readonly double[] DurationBounds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
    private static readonly double[] FirstTokenBounds = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
    private static readonly double[] TokenTimeBounds = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];
    private static readonly long[] TokenBounds = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];

    private readonly Meter _meter = new(GranaryTelemetry.Name);
    private readonly TimeProvider _time;

    public ReplyTelemetry(IOptions<TelemetryOptions> options, TimeProvider time)
    {
        _time = time;
        RecordsContents = options.Value.MessageContents;
        Duration = Seconds("gen_ai.server.request.duration", "From a request to the end of its reply.", DurationBounds);
        FirstToken = Seconds("gen_ai.server.time_to_first_token", "From a request to the first token of its reply.", FirstTokenBounds);
        TokenTime = Seconds("gen_ai.server.time_per_output_token", "Between two tokens of a reply, on average.", TokenTimeBounds);
        Tokens = _meter.CreateHistogram(
            "gen_ai.client.token.usage", "{token}", "Tokens of a reply, by gen_ai.token.type.", tags: null, new InstrumentAdvice<long> { HistogramBucketBoundaries = TokenBounds });
    }

    public bool RecordsContents { get; }

    public Histogram<double> Duration { get; }

    public Histogram<double> FirstToken { get; }

    public Histogram<double> TokenTime { get; }

    public Histogram<long> Tokens { get; }

    /// <summary>A reply has been asked for.</summary>
    /// <param name="http">The request or, on the hub and the plain WebSocket, the connection, with the caller's span if it names one.</param>
    /// <param name="request">What is wanted.</param>
    public WatchedReply Begin(HttpContext? http, ReplyRequest request)
    {
        var span = Start(request.Operation, http?.Request.Headers.TraceParent);
        if (span is { IsAllDataRequested: true })
        {
            span.SetRequest(request);
            span.SetTag("server.address", http?.Request.Host.Host).SetTag("server.port", http is null ? null : PortOf(http.Request));
            if (RecordsContents)
            {
                span.SetTag("gen_ai.input.messages", ReplyAttributes.InputMessages(request.Messages));
                if (request.Tools.Count > 0)
                    span.SetTag("gen_ai.tool.definitions", ReplyAttributes.ToolDefinitions(request.Tools));
            }
        }

        return new WatchedReply(this, request, span, _time);
    }

    public void Dispose() => _meter.Dispose();

    private static Activity? Start(string operation, string? traceParent)
    {
        var parent = ActivityContext.TryParse(traceParent, null, isRemote: true, out var caller) ? caller : default;
        var outer = Activity.Current;
        Activity.Current = null; // ASP.NET's own span, which nobody exports, would be the parent
        var span = GranaryTelemetry.Activities.StartActivity(operation, ActivityKind.Server, parent);
        if (span is null)
            Activity.Current = outer;
        return span;
    }

    // A host without a port has its scheme's.
    private static int PortOf(HttpRequest request) => request.Host.Port ?? (request.IsHttps ? 443 : 80);

    private Histogram<double> Seconds(string name, string description, double[] bounds) =>
        _meter.CreateHistogram(name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
}
