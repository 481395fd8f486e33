using Granary.Benchmarks.Reporting;
using Spectre.Console;

namespace Granary.Benchmarks;

/// <summary>What a benchmark is asked for, and where its figures go.</summary>
internal sealed class BenchmarkContext(bool quick, string? only, CancellationToken cancellationToken)
{
    private readonly List<Figure> _figures = [];
    private readonly Dictionary<string, string> _notes = new(StringComparer.Ordinal);

    /// <summary>Whether fewer and shorter runs do.</summary>
    public bool Quick => quick;

    /// <summary>Whether a part of the benchmark is wanted.</summary>
    public bool Wants(string part) => only is null || part.Contains(only, StringComparison.OrdinalIgnoreCase);

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>How often a figure is measured; the median counts.</summary>
    public int Runs => quick ? 1 : 3;

    /// <summary>The peer that was measured, with its version.</summary>
    public string? Peer { get; set; }

    public void Add(string name, double value, string unit) => _figures.Add(new Figure(name, value, unit));

    /// <summary>Says what a figure means or how it came about, on the terminal and in the report.</summary>
    public void Note(string about, string text)
    {
        _notes[about] = text;
        Say($"{about}: {text}");
    }

    /// <summary>Says what is being done.</summary>
    public void Say(string what) => AnsiConsole.MarkupLineInterpolated($"[grey]{what}[/]");

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    public Report ToReport(string benchmark) => new()
    {
        Benchmark = benchmark,
        Quick = quick,
        Date = TimeProvider.System.GetUtcNow(),
        Machine = Machine.Read(),
        Versions = Versions.Read(Peer),
        Figures = [.. _figures],
        Notes = _notes.Count == 0 ? null : _notes,
    };
}
