using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Granary.Diagnostics;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Telemetry.Metrics;

/// <summary>Hears the instruments of this process, and keeps what a scrape asks for.</summary>
internal sealed partial class MetricRegistry : IDisposable
{
    private static readonly string[] Meters = [GranaryTelemetry.Name, "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    // OpenTelemetry's, for histograms that have no bounds of their own.
    private static readonly double[] DefaultBounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly Lock _scraping = new();
    private readonly bool _hasVllmNames;
    private readonly ILogger _logger;

    public MetricRegistry(IOptions<TelemetryOptions> options, ILogger<MetricRegistry> logger)
    {
        _logger = logger;
        _hasVllmNames = options.Value.VllmNames;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Meters.Contains(instrument.Meter.Name, StringComparer.Ordinal))
                listener.EnableMeasurementEvents(instrument, FamilyOf(instrument));
        };
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => ((MetricFamily)family!).Take(value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, family) => ((MetricFamily)family!).Take(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => ((MetricFamily)family!).Take(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => ((MetricFamily)family!).Take(value, tags));
        _listener.Start();
    }

    /// <summary>All metrics now, in Prometheus' text format.</summary>
    public string Scrape() => Read(families =>
    {
        var text = new PrometheusText();
        foreach (var family in families)
        {
            text.Add(family, family.Name);
            if (_hasVllmNames && VllmNames.Of(family) is { } name)
                text.Add(family, name);
        }

        return text.ToString();
    });

    /// <summary>All metrics now, by name.</summary>
    /// <param name="write">Makes something of them, one caller at a time.</param>
    public T Read<T>(Func<IEnumerable<MetricFamily>, T> write)
    {
        lock (_scraping)
        {
            foreach (var family in _families.Values)
                family.Begin();
            Observe();
            return write(_families.Values.OrderBy(family => family.Name, StringComparer.Ordinal));
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Observe()
    {
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException exception)
        {
            LogNotObserved(exception); // the other instruments have told their values all the same
        }
    }

    private MetricFamily FamilyOf(Instrument instrument)
    {
        var kind = KindOf(instrument);
        return _families.GetOrAdd(
            PrometheusText.Name(instrument, kind),
            name => new MetricFamily(name, kind, instrument.Description ?? "", instrument.IsObservable, kind == MetricKind.Histogram ? BoundsOf(instrument) : [])
            {
                Instrument = instrument.Name,
                Unit = instrument.Unit ?? "",
                IsSet = instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Gauge<>),
            });
    }

    private static MetricKind KindOf(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        if (type == typeof(Histogram<>))
            return MetricKind.Histogram;
        return type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? MetricKind.Counter : MetricKind.Gauge;
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        _ => DefaultBounds,
    };

    [LoggerMessage(4501, LogLevel.Warning, "A metric could not be read and is missing from this scrape")]
    private partial void LogNotObserved(Exception exception);
}
