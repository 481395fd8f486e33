using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Granary.Diagnostics;
using Granary.Gateway.Telemetry.Metrics;

namespace Granary.Gateway.Telemetry.Otlp;

/// <summary>Metrics as OTLP has them in JSON: sums and histograms since <paramref name="start"/>, under their instruments' own names, with units and attributes as they are.</summary>
/// <param name="resource">Whose they are: <c>service.name</c> and the like.</param>
/// <param name="start">When they began at 0.</param>
/// <param name="hasVllmNames">Whether vLLM's metrics are there under their own names, too.</param>
internal sealed class OtlpMetricsJson(IReadOnlyList<KeyValuePair<string, object?>> resource, DateTimeOffset start, bool hasVllmNames)
{
    private const int Cumulative = 2; // of AggregationTemporality, whose numbers OTLP wants in JSON, too

    /// <summary>The body of a request to <c>/v1/metrics</c>.</summary>
    public byte[] Write(IEnumerable<MetricFamily> families, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("resourceMetrics");
            json.WriteStartObject();
            json.WriteStartObject("resource");
            WriteAttributes(json, resource);
            json.WriteEndObject();
            json.WriteStartArray("scopeMetrics");
            json.WriteStartObject();
            json.WriteStartObject("scope");
            json.WriteString("name", GranaryTelemetry.Name);
            json.WriteEndObject();
            json.WriteStartArray("metrics");
            foreach (var family in families)
                WriteMetric(json, family, now);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void WriteMetric(Utf8JsonWriter json, MetricFamily family, DateTimeOffset now)
    {
        var points = family.Series.Select(series => (Series: series, Value: series.Read())).Where(point => point.Value is { } value && double.IsFinite(value.Sum)).ToArray();
        if (points.Length == 0)
            return;
        string?[] names = [family.Instrument, hasVllmNames ? VllmNames.Of(family) : null];
        foreach (var name in names.OfType<string>())
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("description", family.Help);
            json.WriteString("unit", family.Unit);
            WriteKind(json, family.Kind);
            json.WriteStartArray("dataPoints");
            foreach (var (series, value) in points)
                WritePoint(json, family, series, value!.Value, now);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    private static void WriteKind(Utf8JsonWriter json, MetricKind kind)
    {
        json.WriteStartObject(kind switch
        {
            MetricKind.Counter => "sum",
            MetricKind.Histogram => "histogram",
            _ => "gauge",
        });
        if (kind is not MetricKind.Gauge)
            json.WriteNumber("aggregationTemporality", Cumulative);
        if (kind is MetricKind.Counter)
            json.WriteBoolean("isMonotonic", true);
    }

    private void WritePoint(Utf8JsonWriter json, MetricFamily family, MetricSeries series, (double Sum, long[] Buckets) value, DateTimeOffset now)
    {
        json.WriteStartObject();
        WriteAttributes(json, series.Tags);
        if (family.Kind is not MetricKind.Gauge)
            json.WriteString("startTimeUnixNano", Nanoseconds(start));
        json.WriteString("timeUnixNano", Nanoseconds(now));
        if (family.Kind is MetricKind.Histogram)
            WriteBuckets(json, family, value);
        else
            json.WriteNumber("asDouble", value.Sum);
        json.WriteEndObject();
    }

    private static void WriteBuckets(Utf8JsonWriter json, MetricFamily family, (double Sum, long[] Buckets) value)
    {
        json.WriteString("count", Integer(value.Buckets.Sum()));
        json.WriteNumber("sum", value.Sum);
        json.WriteStartArray("bucketCounts");
        foreach (var count in value.Buckets)
            json.WriteStringValue(Integer(count));
        json.WriteEndArray();
        json.WriteStartArray("explicitBounds");
        foreach (var bound in family.Bounds)
            json.WriteNumberValue(bound);
        json.WriteEndArray();
    }

    private static void WriteAttributes(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> attributes)
    {
        json.WriteStartArray("attributes");
        foreach (var (key, value) in attributes)
        {
            if (value is null)
                continue;
            json.WriteStartObject();
            json.WriteString("key", key);
            json.WriteStartObject("value");
            WriteValue(json, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case bool flag:
                json.WriteBoolean("boolValue", flag);
                break;
            case byte or sbyte or short or ushort or int or uint or long:
                json.WriteString("intValue", Integer(Convert.ToInt64(value, CultureInfo.InvariantCulture)));
                break;
            case float or double when double.IsFinite(Convert.ToDouble(value, CultureInfo.InvariantCulture)):
                json.WriteNumber("doubleValue", Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteString("stringValue", Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    // Integers of 64 bits are strings in OTLP's JSON.
    private static string Integer(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Nanoseconds(DateTimeOffset time) => Integer((time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);
}
