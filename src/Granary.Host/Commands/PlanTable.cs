using System.Globalization;
using Granary.Deployments;
using Spectre.Console;

namespace Granary.Host.Commands;

/// <summary>A deployment as a table with reasons.</summary>
internal static class PlanTable
{
    public static void Print(DeploymentStatus status)
    {
        var plan = status.Plan;
        var table = new Table().Title(Markup.Escape(plan.Model)).AddColumns("replica", "stage", "layers", "silo", "zone", "memory", "state", "why");
        foreach (var silo in plan.Configured)
        {
            table.AddRow(Escaped("configured", "0", "all", silo, "", "", "", "its configuration names the model"));
        }

        foreach (var (replica, stage) in plan.Replicas.SelectMany(replica => replica.Stages.Select(stage => (replica, stage))))
        {
            var part = status.Parts.FirstOrDefault(part => part.Part.Replica == replica.Number && part.Part.Stage == stage.Stage);
            var state = part?.State.ToString().ToLowerInvariant() ?? "planned";
            table.AddRow(Escaped(
                $"{replica.Number}", $"{stage.Stage}", $"{stage.FirstLayer}-{stage.FirstLayer + stage.Layers - 1}", stage.Silo, stage.Zone, Memory(stage.Bytes), part?.Error is { } error ? $"{state}: {error}" : state, stage.Reason));
        }

        if (plan.Experts is { } experts)
        {
            foreach (var holder in experts.Next ?? experts.Holders)
            {
                table.AddRow(Escaped("all", "", $"{holder.Count} experts", holder.Silo, holder.Zone, Memory(holder.Bytes), ExpertsState(experts, holder, status.Experts), $"{ExpertsTable.Numbers(holder)}; {holder.Reason}"));
            }
        }

        AnsiConsole.Write(table);
        foreach (var problem in plan.Problems)
        {
            System.Console.WriteLine($"does not fit: {problem}");
        }
    }

    private static string ExpertsState(PlannedExperts experts, ExpertHolder holder, ExpertProgress[] progress) =>
        Array.Find(progress, silo => silo.Silo == holder.Silo) is not { } known ? "planned"
        : known.Error is { } error ? $"failed: {error}"
        : experts.Next is not null && known.AppliedVersion < experts.Version ? "loading" : "ready";

    private static string Memory(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):N0} MiB");

    private static string[] Escaped(params string[] cells) => [.. cells.Select(Markup.Escape)];
}
