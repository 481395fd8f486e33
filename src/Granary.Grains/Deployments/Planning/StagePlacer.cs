using System.Globalization;

namespace Granary.Deployments.Planning;

/// <summary>Finds silos for the stages of one replica: each on a silo of its own where there are enough, close to the stage before it.</summary>
internal sealed class StagePlacer(PlanInput input, PlanBoard board)
{
    /// <summary>A replica with its head in a zone.</summary>
    /// <returns>Its stages; <see langword="null"/> where one has no place.</returns>
    public PlannedStage[]? Place(string zone, string zoneReason)
    {
        // Cut for equal silos first, to see who has room; then for the silos that were found.
        var even = StageCut.Balance(input.Sizes, Enumerable.Repeat(1.0, input.Wish.Stages).ToArray());
        if (TryPlace(even, zone, zoneReason) is not { } placed)
        {
            return null;
        }

        var silos = placed.Select(stage => board.Find(stage)!).ToArray();
        var counts = StageCut.Balance(input.Sizes, silos.Select(silo => silo.Speed).ToArray());
        return Recut(placed, silos, counts) ?? placed;
    }

    /// <summary>The silo for one stage, after those that its replica has.</summary>
    /// <returns><see langword="null"/> if none has room.</returns>
    public PlannedStage? PlaceOne(int number, int first, int count, string home, IReadOnlyList<PlannedStage> others, string? reason = null)
    {
        var before = others.LastOrDefault(stage => stage.Stage < number) ?? (others.Count > 0 ? others[0] : null);
        int Used(SiloCapacity silo) => others.Count(stage => stage.Address == silo.Address);
        double Latency(SiloCapacity silo) => before is null ? 0 : silo.LatencyMs.GetValueOrDefault(before.Address, silo.Address == before.Address ? 0 : double.MaxValue);
        var found = board.Allowed
            .Where(silo => number > 0 || (board.TakesHead(silo) && silo.Zone == home))
            .Where(silo => board.Free(silo) >= silo.BytesOf(input.Sizes, first, count))
            .OrderBy(Used).ThenBy(silo => silo.Zone != home).ThenBy(silo => MeasuredFigures.Distance(Latency(silo))).ThenByDescending(silo => silo.Speed).ThenByDescending(board.Free).ThenBy(silo => silo.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return found is null ? null : new PlannedStage
        {
            Stage = number,
            FirstLayer = first,
            Layers = count,
            Silo = found.Name,
            Address = found.Address,
            Zone = found.Zone,
            Bytes = found.BytesOf(input.Sizes, first, count),
            Reason = Reason(found, number, home, Used(found), before, reason),
        };
    }

    private PlannedStage[]? TryPlace(int[] counts, string zone, string zoneReason)
    {
        var stages = new List<PlannedStage>();
        var first = 0;
        foreach (var (number, count) in counts.Index())
        {
            if (PlaceOne(number, first, count, zone, stages, zoneReason) is not { } stage)
            {
                stages.ForEach(taken => board.Return(board.Find(taken)!, taken));
                return null;
            }

            board.Take(board.Find(stage)!, stage);
            stages.Add(stage);
            first += count;
        }

        stages.ForEach(taken => board.Return(board.Find(taken)!, taken));
        return [.. stages];
    }

    private PlannedStage[]? Recut(PlannedStage[] placed, SiloCapacity[] silos, int[] counts)
    {
        var stages = new PlannedStage[placed.Length];
        var first = 0;
        for (var i = 0; i < placed.Length; first += counts[i++])
        {
            stages[i] = placed[i] with { FirstLayer = first, Layers = counts[i], Bytes = silos[i].BytesOf(input.Sizes, first, counts[i]) };
        }

        var fits = stages.Index().GroupBy(stage => stage.Item.Address, StringComparer.Ordinal)
            .All(group => board.Free(silos[group.First().Index]) >= group.Sum(stage => stage.Item.Bytes));
        return fits ? stages : null;
    }

    private string Reason(SiloCapacity silo, int number, string home, int used, PlannedStage? before, string? reason)
    {
        var room = $"{PlanBoard.Text(board.Free(silo))} free";
        if (number == 0)
        {
            return reason is null ? room : $"{reason}; {room}";
        }

        var shared = used > 0 ? $"fewer silos with room than stages, so it shares {silo.Name}; " : "";
        var near = silo.Zone == home ? "same zone as the head" : "no silo of the head's zone is without a stage of it and has room";
        var latency = before is not null && silo.LatencyMs.TryGetValue(before.Address, out var ms)
            ? string.Create(CultureInfo.InvariantCulture, $", {ms:0.00} ms from stage {before.Stage}") : "";
        return $"{shared}{near}{latency}; {room}";
    }
}
