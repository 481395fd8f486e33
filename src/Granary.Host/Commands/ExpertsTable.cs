using System.Globalization;
using Granary.Deployments;
using Spectre.Console;

namespace Granary.Host.Commands;

/// <summary>The experts of a model: a row for each layer, and one for each silo.</summary>
internal static class ExpertsTable
{
    private const int Hottest = 4;

    public static void Print(ExpertFigures figures)
    {
        var layers = new Table().Title(Markup.Escape(figures.Model)).AddColumns("layer", "tokens' choices", "hottest over mean", "hottest experts (share, copies)");
        foreach (var (layer, loads) in figures.Loads.Index().Where(layer => layer.Item.Sum() > 0))
        {
            var sum = loads.Sum();
            var experts = figures.Experts.Holders.SelectMany(holder => holder.Layers.ElementAtOrDefault(layer) ?? []).ToArray();
            var hottest = loads.Index().OrderByDescending(expert => expert.Item).Take(Hottest)
                .Select(expert => Text($"{expert.Index} ({expert.Item / sum:P0}, {experts.Count(held => held == expert.Index)})"));
            layers.AddRow(Text($"{layer}"), Text($"{sum:N0}"), Text($"{loads.Max() * experts.Distinct().Count() / sum:0.0}"), string.Join(", ", hottest));
        }

        var silos = new Table().AddColumns("silo", "zone", "experts", "share of the choices", "by layer");
        foreach (var holder in figures.Experts.Holders)
        {
            silos.AddRow(Markup.Escape(holder.Silo), Markup.Escape(holder.Zone), Text($"{holder.Count}"), Text($"{Share(figures, holder):P0}"), Numbers(holder));
        }

        AnsiConsole.Write(layers);
        AnsiConsole.Write(silos);
        System.Console.WriteLine(Text($"largest load of a silo over the mean: {figures.Skew:0.00}{(figures.Experts.IsMoving ? "; experts are being moved" : "")}"));
    }

    /// <summary>The experts of a silo by number, layers with the same ones together.</summary>
    public static string Numbers(ExpertHolder holder)
    {
        var groups = holder.Layers.Index().Where(layer => layer.Item.Length > 0).GroupBy(layer => Ranges(layer.Item), layer => layer.Index, StringComparer.Ordinal).ToArray();
        return groups.Length > 3
            ? Text($"{groups.Sum(group => group.Count())} layers, e.g. {groups[0].First()}: {groups[0].Key}")
            : string.Join("; ", groups.Select(group => $"{Ranges([.. group])}: {group.Key}"));
    }

    private static double Share(ExpertFigures figures, ExpertHolder holder)
    {
        double own = 0;
        foreach (var (layer, loads) in figures.Loads.Index())
        {
            own += (holder.Layers.ElementAtOrDefault(layer) ?? []).Where(expert => expert < loads.Length)
                .Sum(expert => loads[expert] / figures.Experts.Holders.Count(other => other.Layers.ElementAtOrDefault(layer)?.Contains(expert) == true));
        }

        var sum = figures.Loads.Sum(layer => layer.Sum());
        return sum > 0 ? own / sum : (double)holder.Count / figures.Experts.Holders.Sum(other => other.Count);
    }

    private static string Ranges(int[] numbers)
    {
        var parts = new List<string>();
        for (var i = 0; i < numbers.Length;)
        {
            var end = i;
            while (end + 1 < numbers.Length && numbers[end + 1] == numbers[end] + 1)
            {
                end++;
            }

            parts.Add(end > i ? Text($"{numbers[i]}-{numbers[end]}") : Text($"{numbers[i]}"));
            i = end + 1;
        }

        return string.Join(",", parts);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
