using System.Globalization;
using Spectre.Console;

namespace Granary.Host.Top;

/// <summary>The table that <c>granary top</c> shows: a row a silo, and one for all. No line is broken: where there is no room, columns are shortened and left out.</summary>
internal static class TopTable
{
    private const int LongestText = 16; // where there is little room

    private static readonly (string Title, string Short, int Need)[] Numbers =
    [
        ("conversations", "conv", 1), ("streams", "streams", 6), ("running", "run", 4), ("slots", "slots", 2), ("waiting", "wait", 8), ("kv", "kv", 5), ("tokens/s", "tok/s", 7), ("prompt/s", "in/s", 0),
    ];

    /// <param name="before">An earlier look, for rates.</param>
    /// <param name="now">The last look.</param>
    /// <param name="time">The clock of both.</param>
    /// <param name="width">Characters of a line.</param>
    public static Table Create(ClusterFigures before, ClusterFigures now, TimeProvider time, int width)
    {
        var table = new Table().Border(TableBorder.None);
        var columns = TopColumn.Fit(Columns(before, now, time), width, LongestText);
        foreach (var column in columns)
        {
            var head = new TableColumn(Markup.Escape(column.Title)).PadLeft(0).PadRight(column == columns[^1] ? 0 : TopColumn.Gap).NoWrap();
            table.AddColumn(column.IsNumber ? head.RightAligned() : head);
        }

        for (var row = 0; row <= now.Silos.Count; row++)
        {
            table.AddRow([.. columns.Select(column => Markup.Escape(column.Cells[row]))]);
        }

        return table;
    }

    private static TopColumn[] Columns(ClusterFigures before, ClusterFigures now, TimeProvider time)
    {
        var seconds = time.GetElapsedTime(before.At, now.At).TotalSeconds;
        var earlier = before.Silos.Where(static silo => silo.Figures is not null).ToDictionary(static silo => silo.Figures!.Silo.Address, static silo => silo.Figures!, StringComparer.Ordinal);
        var cells = now.Silos.Select(silo => silo.Figures is { } figures ? Cells(figures, earlier.GetValueOrDefault(figures.Silo.Address), seconds) : null).ToList();
        cells.Add(Sum([.. cells.OfType<double[]>()]));
        return
        [
            new("silo", "silo", 10, [.. now.Silos.Select(static silo => silo.Name), "all"], IsNumber: false),
            new("zone", "zone", 3, [.. now.Silos.Select(static silo => silo.Zone), ""], IsNumber: false),
            new("state", "state", 9, [.. now.Silos.Select(static silo => silo.Figures is null ? "no answer" : silo.State), ""], IsNumber: false),
            .. Numbers.Select((number, i) => new TopColumn(number.Title, number.Short, number.Need, [.. cells.Select(row => row is null ? "-" : Format(number.Title, row[i]))])),
        ];
    }

    private static double[] Cells(SiloFigures now, SiloFigures? before, double seconds)
    {
        // One that has just started has no rate yet; one that has started again counts from 0.
        double Rate(Func<SiloFigures, double> total) => before is null ? 0 : Math.Max(0, total(now) - total(before)) / seconds;
        return [now.Silo.Sessions, now.Streams, now.Running, now.Slots, now.Waiting, now.KvUsage, Rate(static silo => silo.OutputTokens), Rate(static silo => silo.PromptTokens)];
    }

    private static double[] Sum(double[][] rows) =>
        [.. Numbers.Select((number, column) => number.Title == "kv" ? rows.Select(row => row[column]).DefaultIfEmpty(0).Max() : rows.Sum(row => row[column]))];

    private static string Format(string number, double value) => number switch
    {
        "kv" => value.ToString("0%", CultureInfo.InvariantCulture),
        "tokens/s" or "prompt/s" => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0", CultureInfo.InvariantCulture),
    };
}
