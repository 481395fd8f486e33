using System.Globalization;
using Granary.Chaos.Clients;
using Spectre.Console;

namespace Granary.Chaos.Runs;

/// <summary>A result as tables.</summary>
internal static class ChaosTable
{
    private const int MostDifferences = 40;
    private const int MostWaits = 5;

    public static void Print(IAnsiConsole console, ChaosResult result)
    {
        var journal = result.Journal;
        var table = new Table().AddColumn("").AddColumn(new TableColumn("").RightAligned()).HideHeaders();
        foreach (var kind in result.Faults.GroupBy(fault => fault.Kind).OrderBy(group => group.Key))
        {
            Row($"fault: {kind.Key}", kind.Count());
        }

        Row("silos started again", result.Restarts);
        Row("conversations", journal.Sessions.Count);
        Row("turns read to their end", journal.Turns.Count(turn => turn.FinishReason is not null));
        Row("tokens shown in turns", journal.Turns.Sum(turn => turn.Tokens.Count));
        foreach (var kind in journal.Completions.GroupBy(completion => completion.Ask.Kind).OrderBy(group => group.Key))
        {
            Row($"completions read to their end: {kind.Key}", kind.Count(completion => completion.IsDone));
        }

        Row("events shown in completions", journal.Completions.Sum(completion => completion.Events.Count));
        Row("clients connected again", journal.Reconnects);
        foreach (var (code, count) in journal.Retries.OrderBy(retry => retry.Key, StringComparer.Ordinal))
        {
            Row($"told to try again: {code}", count);
        }

        double[] gaps = [.. journal.Waits.Select(wait => wait.Length.TotalSeconds).Order()];
        Row("waits of more than 1 s for the next token", gaps.Length);
        if (gaps.Length > 0)
        {
            table.AddRow("their median, 99th percentile, maximum", string.Create(CultureInfo.InvariantCulture, $"{gaps[gaps.Length / 2]:F1}, {gaps[gaps.Length * 99 / 100]:F1}, {gaps[^1]:F1} s"));
        }

        foreach (var (silo, (before, after)) in result.Handles)
        {
            table.AddRow($"file handles of {silo}, before and after", string.Create(CultureInfo.InvariantCulture, $"{before}, {after}"));
        }

        Row("differences", journal.Differences.Count);
        console.Write(table);
        foreach (var wait in journal.Waits.OrderByDescending(wait => wait.Length).Take(MostWaits))
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"waited {wait.Length.TotalSeconds:F1} s until {wait.End:HH:mm:ss.f}: {wait.Where}"));
        }

        foreach (var difference in journal.Differences.Take(MostDifferences))
        {
            console.WriteLine($"{difference.Kind}: {difference.Where}: {difference.What}");
        }

        void Row(string name, int count) => table.AddRow(Markup.Escape(name), count.ToString("N0", CultureInfo.InvariantCulture));
    }
}
