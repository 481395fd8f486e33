using System.Globalization;
using Spectre.Console;

namespace Granary.Benchmarks.Reporting;

/// <summary>Reports as tables.</summary>
internal static class ReportTable
{
    /// <summary>Prints the figures, with the other report's and their ratio where there is one, and the bars.</summary>
    public static void Print(IAnsiConsole console, Report report, Report? other)
    {
        console.MarkupLineInterpolated($"{report.Machine.Cpu}, {report.Machine.Cores} cores, {report.Machine.MemoryGiB} GiB{(report.Machine.Gpu is { } gpu ? $", {gpu}" : "")}; .NET {report.Versions.DotNet}");
        var figures = new Table().AddColumn(report.Benchmark).AddColumn(new TableColumn(Markup.Escape(report.Versions.Engine)).RightAligned());
        if (other is not null)
        {
            figures.AddColumn(new TableColumn(Markup.Escape(other.Versions.Engine)).RightAligned()).AddColumn(new TableColumn("ratio").RightAligned());
        }

        figures.AddColumn("unit");
        foreach (var figure in report.Figures)
        {
            var theirs = other?[figure.Name];
            string[] cells = other is null
                ? [figure.Name, Write(figure.Value), figure.Unit]
                : [figure.Name, Write(figure.Value), theirs is { } value ? Write(value) : "–", theirs is > 0 ? $"{figure.Value / theirs:0.00}" : "–", figure.Unit];
            figures.AddRow([.. cells.Select(Markup.Escape)]);
        }

        console.Write(figures);
        if (report.Bars.Count > 0)
        {
            var bars = new Table().AddColumn("bar").AddColumn(new TableColumn("is").RightAligned()).AddColumn(new TableColumn("must be").RightAligned()).AddColumn("");
            foreach (var bar in report.Bars)
            {
                bars.AddRow(Markup.Escape(bar.Name), $"{Write(bar.Value)} {bar.Unit}", $"{Write(bar.Limit)} {bar.Unit}", bar.Holds ? "[green]holds[/]" : "[red]fails[/]");
            }

            console.Write(bars);
        }
    }

    private static string Write(double value) => value.ToString(Math.Abs(value) >= 100 ? "N0" : "0.00#", CultureInfo.InvariantCulture);
}
