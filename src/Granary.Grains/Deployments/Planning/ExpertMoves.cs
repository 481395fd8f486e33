using System.Globalization;

namespace Granary.Deployments.Planning;

/// <summary>
/// Moves experts without a stream noticing: what is new is loaded while the old places are asked, then all ask the new ones, then the old ones are given up. Each step begins
/// when all silos have done the one before. Silos that are gone are left out at once; what they held alone is loaded elsewhere.
/// </summary>
internal static class ExpertMoves
{
    /// <returns>The placement, the very same where nothing is to change; and what has no place.</returns>
    public static (PlannedExperts Experts, string? Problem) Next(PlannedExperts? before, ExpertMoment moment)
    {
        var now = before ?? new PlannedExperts { Version = 0 };
        var next = WithoutTheGone(now, moment.There);
        if (next == now && IsApplied(now, moment))
        {
            next = now switch
            {
                { Next: { } loaded } => now with { Holders = loaded, Next = null, Previous = now.Holders.Length > 0 ? now.Holders : null },
                { Previous: not null } => now with { Previous = null },
                _ => now,
            };
        }

        var demand = moment.Demand with { Current = HeldIn(next.Next ?? next.Holders, moment.Demand.Silos) };
        var repaired = ExpertBalancer.Repair(demand);
        var target = !next.IsMoving && (moment.IsBalanceDue || next.Holders.Length == 0) && ExpertBalancer.Balance(demand) is var even && IsBetter(even, repaired, moment.Gain, next) ? even : repaired;
        var holders = Holders(target, demand);
        if (!IsSame(holders, next.Next ?? next.Holders) && (IsWhole(holders, demand.Sizes) || !IsWhole(next.Holders, demand.Sizes)))
        {
            next = next with { Next = holders, Skew = target.Skew };
        }

        return (next == now ? now : next with { Version = now.Version + 1 }, target.Problem);
    }

    /// <summary>Whether every expert of a model has a holder.</summary>
    public static bool IsWhole(IReadOnlyList<ExpertHolder> holders, ModelSizes sizes) => sizes.ExpertBytes.Index()
        .Where(layer => layer.Item > 0)
        .All(layer => holders.SelectMany(holder => holder.Layers.ElementAtOrDefault(layer.Index) ?? []).Distinct().Count() == sizes.Experts);

    /// <summary>What silos hold, as the balancer takes it.</summary>
    public static Dictionary<string, int[][]> HeldIn(IEnumerable<ExpertHolder> holders, IReadOnlyList<ExpertSilo> silos) =>
        holders.Where(holder => silos.Any(silo => silo.Address == holder.Address)).ToDictionary(holder => holder.Address, holder => holder.Layers, StringComparer.Ordinal);

    private static bool IsBetter(ExpertLayout even, ExpertLayout repaired, double? gain, PlannedExperts now) =>
        gain is null || now.Holders.Length == 0 || (even.Problem is null && even.Skew < repaired.Skew * (1 - gain));

    private static PlannedExperts WithoutTheGone(PlannedExperts experts, IReadOnlySet<string> there) =>
        experts.OfAllLists().All(holder => there.Contains(holder.Address)) ? experts : experts with
        {
            Holders = [.. experts.Holders.Where(holder => there.Contains(holder.Address))],
            Next = experts.Next?.All(holder => there.Contains(holder.Address)) == true ? experts.Next : null,
            Previous = experts.Previous?.Where(holder => there.Contains(holder.Address)).ToArray(),
        };

    private static bool IsApplied(PlannedExperts experts, ExpertMoment moment) =>
        experts.OfAllLists().Select(holder => holder.Address).Concat(moment.Askers.Where(moment.There.Contains)).All(address => moment.Applied.GetValueOrDefault(address) == experts.Version);

    private static bool IsSame(ExpertHolder[] some, ExpertHolder[] others) =>
        some.Length == others.Length
        && some.OrderBy(holder => holder.Address, StringComparer.Ordinal).Zip(others.OrderBy(holder => holder.Address, StringComparer.Ordinal))
            .All(pair => pair.First.Address == pair.Second.Address && pair.First.Layers.Zip(pair.Second.Layers).All(layer => layer.First.SequenceEqual(layer.Second)));

    private static ExpertHolder[] Holders(ExpertLayout layout, ExpertDemand demand) =>
    [
        .. from silo in demand.Silos
           let layers = layout.Silos.GetValueOrDefault(silo.Address)
           where layers?.Any(layer => layer.Length > 0) == true
           select new ExpertHolder
           {
               Silo = silo.Name,
               Address = silo.Address,
               Zone = silo.Zone,
               Layers = layers,
               Bytes = layers.Index().Sum(layer => demand.Sizes.ExpertBytes[layer.Index] * layer.Item.Length),
               Reason = Reason(silo, layers, layout, demand),
           },
    ];

    private static string Reason(ExpertSilo silo, int[][] layers, ExpertLayout layout, ExpertDemand demand)
    {
        var copies = layers.Index().SelectMany(layer => layer.Item.Select(expert =>
            layout.Silos.Values.Count(other => Array.BinarySearch(other[layer.Index], expert) >= 0))).ToArray();
        var kept = demand.Current.TryGetValue(silo.Address, out var before)
            ? layers.Index().Sum(layer => layer.Item.Intersect(before.ElementAtOrDefault(layer.Index) ?? []).Count()) : 0;
        var held = kept > 0 ? string.Create(CultureInfo.InvariantCulture, $"{kept} were there; ") : "";
        var shared = copies.Any(count => count > 1) ? string.Create(CultureInfo.InvariantCulture, $"{copies.Count(count => count > 1)} have copies elsewhere; ") : "";
        return $"{held}{shared}an even share of what tokens choose; {PlanBoard.Text(silo.FreeBytes)} free";
    }
}
