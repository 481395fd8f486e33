using System.Globalization;

namespace Granary.Host.Top;

/// <summary>Reads figures out of what <c>/metrics</c> answers.</summary>
internal sealed class MetricsReader
{
    private readonly ILookup<string, double> _values; // by name, one for each label set

    /// <param name="text">Prometheus' text format.</param>
    public MetricsReader(string text) => _values = text.Split('\n')
        .Where(static line => line.Length > 0 && line[0] != '#')
        .Select(static line => (Name: line[..line.IndexOfAny(['{', ' '])], Value: line[(line.LastIndexOf(' ') + 1)..]))
        .ToLookup(static sample => sample.Name, static sample => double.Parse(sample.Value, CultureInfo.InvariantCulture), StringComparer.Ordinal);

    /// <summary>The sum of all series of a name; 0 where there is none.</summary>
    public double Sum(string name) => _values[name].Sum();

    /// <summary>The largest of all series of a name; 0 where there is none.</summary>
    public double Max(string name) => _values[name].DefaultIfEmpty(0).Max();
}
