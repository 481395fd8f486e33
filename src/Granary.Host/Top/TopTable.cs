using System.Globalization;
using Spectre.Console;

namespace Granary.Host.Top;

/// <summary>The table that <c>granary top</c> shows: a row a silo, and one for all.</summary>
internal static class TopTable
{
    private static readonly string[] Numbers = ["conversations", "streams", "running", "slots", "waiting", "kv", "tokens/s", "prompt/s"];

    /// <param name="before">An earlier look, for rates.</param>
    /// <param name="now">The last look.</param>
    /// <param name="time">The clock of both.</param>
    public static Table Create(ClusterFigures before, ClusterFigures now, TimeProvider time)
    {
        var table = new Table().Border(TableBorder.None).AddColumns("silo", "zone", "state");
        foreach (var number in Numbers)
        {
            table.AddColumn(new TableColumn(number).RightAligned());
        }

        var seconds = time.GetElapsedTime(before.At, now.At).TotalSeconds;
        var earlier = before.Silos.Where(static silo => silo.Figures is not null).ToDictionary(static silo => silo.Figures!.Silo.Address, static silo => silo.Figures!, StringComparer.Ordinal);
        var rows = now.Silos.Select(silo => (silo.Name, silo.Zone, silo.State, Cells: silo.Figures is { } figures ? Cells(figures, earlier.GetValueOrDefault(figures.Silo.Address), seconds) : null)).ToList();
        foreach (var (name, zone, state, cells) in rows)
        {
            Add(table, name, zone, state, cells);
        }

        Add(table, "all", "", "", Sum([.. rows.Select(static row => row.Cells).OfType<double[]>()]));
        return table;
    }

    private static double[] Cells(SiloFigures now, SiloFigures? before, double seconds)
    {
        // One that has just started has no rate yet; one that has started again counts from 0.
        double Rate(Func<SiloFigures, double> total) => before is null ? 0 : Math.Max(0, total(now) - total(before)) / seconds;
        return [now.Silo.Sessions, now.Streams, now.Running, now.Slots, now.Waiting, now.KvUsage, Rate(static silo => silo.OutputTokens), Rate(static silo => silo.PromptTokens)];
    }

    private static double[] Sum(double[][] rows)
    {
        var kv = Array.IndexOf(Numbers, "kv");
        return [.. Numbers.Select((_, column) => column == kv ? rows.Select(row => row[column]).DefaultIfEmpty(0).Max() : rows.Sum(row => row[column]))];
    }

    private static void Add(Table table, string name, string zone, string state, double[]? cells) => table.AddRow(
        [Markup.Escape(name), Markup.Escape(zone), Markup.Escape(cells is null ? "no answer" : state), .. Numbers.Select((number, i) => cells is null ? "-" : Format(number, cells[i]))]);

    private static string Format(string number, double value) => number switch
    {
        "kv" => value.ToString("0%", CultureInfo.InvariantCulture),
        "tokens/s" or "prompt/s" => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0", CultureInfo.InvariantCulture),
    };
}
