using Granary.Benchmarks.Reporting;

namespace Granary.Benchmarks;

/// <summary>A benchmark that <c>granary-bench NAME</c> runs.</summary>
internal interface IBenchmark
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>Measures, and reports figures to the context.</summary>
    Task RunAsync(BenchmarkContext context);

    /// <summary>Adds the bars that the figures must clear, on their own or against another engine's report.</summary>
    Report Judge(Report report, Report? other) => report;
}
