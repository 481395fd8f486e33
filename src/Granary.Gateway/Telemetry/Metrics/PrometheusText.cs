using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Granary.Gateway.Telemetry.Metrics;

/// <summary>Prometheus' text format, version 0.0.4.</summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>
    /// An instrument's name there. One that has a colon is written in Prometheus' own way already; the others get their dots replaced, the unit and <c>_total</c> appended, as OpenTelemetry's exporters do it.
    /// </summary>
    public static string Name(Instrument instrument, MetricKind kind)
    {
        if (instrument.Name.Contains(':', StringComparison.Ordinal))
            return instrument.Name;
        var name = Clean(instrument.Name);
        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };
        if (!name.EndsWith(unit, StringComparison.Ordinal))
            name += unit;
        return kind == MetricKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    /// <summary>Labels without braces; those without a value are left out.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new List<string>(tags.Length);
        foreach (var (key, value) in tags)
        {
            var text = value is bool flag ? flag ? "true" : "false" : Convert.ToString(value, CultureInfo.InvariantCulture);
            if (!string.IsNullOrEmpty(text))
                labels.Add($"{Clean(key)}=\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
        }

        return string.Join(',', labels);
    }

    /// <summary>Appends a metric under a name, if it has values.</summary>
    public void Add(MetricFamily family, string name)
    {
        var isFirst = true;
        foreach (var series in family.Series)
        {
            if (series.Read() is not var (sum, buckets))
                continue;
            if (isFirst)
                AddHead(family, name);
            isFirst = false;
            if (family.Kind == MetricKind.Histogram)
                AddBuckets(family, name, series.Labels, sum, buckets);
            else
                AddLine(name, series.Labels, sum);
        }
    }

    public override string ToString() => _text.ToString();

    private static string Clean(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private void AddHead(MetricFamily family, string name)
    {
        var help = family.Help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(family.Kind.ToString().ToLowerInvariant()).Append('\n');
    }

    private void AddBuckets(MetricFamily family, string name, string labels, double sum, long[] buckets)
    {
        var below = 0L;
        for (var i = 0; i < buckets.Length; i++)
        {
            below += buckets[i];
            var bound = $"le=\"{(i < family.Bounds.Count ? Number(family.Bounds[i]) : "+Inf")}\"";
            AddLine(name + "_bucket", labels.Length == 0 ? bound : $"{labels},{bound}", below);
        }

        AddLine(name + "_sum", labels, sum);
        AddLine(name + "_count", labels, below);
    }

    private void AddLine(string name, string labels, double value)
    {
        _text.Append(name);
        if (labels.Length > 0)
            _text.Append('{').Append(labels).Append('}');
        _text.Append(' ').Append(Number(value)).Append('\n');
    }
}
