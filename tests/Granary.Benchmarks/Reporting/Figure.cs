namespace Granary.Benchmarks.Reporting;

/// <summary>A measured number.</summary>
internal sealed record Figure(string Name, double Value, string Unit);
