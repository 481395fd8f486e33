namespace Granary.Benchmarks.Reporting;

/// <summary>What a run of a benchmark found.</summary>
internal sealed record Report
{
    public required string Benchmark { get; init; }

    public required bool Quick { get; init; }

    public required DateTimeOffset Date { get; init; }

    public required Machine Machine { get; init; }

    public required Versions Versions { get; init; }

    public required IReadOnlyList<Figure> Figures { get; init; }

    /// <summary>What figures mean and how they came about, by what they are about.</summary>
    public IReadOnlyDictionary<string, string>? Notes { get; init; }

    public IReadOnlyList<Bar> Bars { get; init; } = [];

    /// <summary>The figure's value, or null.</summary>
    public double? this[string figure] => Figures.FirstOrDefault(candidate => candidate.Name == figure)?.Value;
}
