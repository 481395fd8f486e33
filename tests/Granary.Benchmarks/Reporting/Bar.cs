using System.Text.Json.Serialization;

namespace Granary.Benchmarks.Reporting;

/// <summary>A promise about a number.</summary>
/// <param name="Name">What is promised.</param>
/// <param name="Value">The number.</param>
/// <param name="Limit">What it is held against.</param>
/// <param name="Unit">Unit of both.</param>
/// <param name="Holds">Whether the promise is kept.</param>
internal sealed record Bar(string Name, double Value, [property: JsonPropertyName("bar")] double Limit, string Unit, bool Holds)
{
    public static Bar AtLeast(string name, double value, double limit, string unit) => new(name, value, limit, unit, value >= limit);

    public static Bar AtMost(string name, double value, double limit, string unit) => new(name, value, limit, unit, value <= limit);
}
