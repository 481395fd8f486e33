namespace Granary.Deployments.Planning;

/// <summary>
/// Decides which part of a model goes where. What has a place keeps it; lost stages and new replicas get one: replicas in the zone with the fewest of them, stages of a replica
/// on silos of their own, close together and balanced by bytes and speed.
/// </summary>
internal static class DeploymentPlanner
{
    /// <summary>Why a model has no stages.</summary>
    public const string CannotBeCut = "stages run on the CPU alone, and this model was imported for a GPU or by an older version; import it again with --device cpu, or deploy it with --stages 1";

    public static DeploymentPlan Plan(PlanInput input) => Plan(input, explain: true);

    private static DeploymentPlan Plan(PlanInput input, bool explain)
    {
        var board = new PlanBoard(input);
        var placer = new StagePlacer(input, board);
        var plan = new DeploymentPlan { Model = input.Model, Wish = input.Wish };
        if (input.IsCut && !input.Sizes.CanBeCut)
        {
            return plan with { Problems = [CannotBeCut] };
        }

        if (input.Wish.Stages > input.Sizes.Layers)
        {
            return plan with { Problems = [$"{input.Wish.Stages} stages of {input.Sizes.Layers} layers: a stage has at least one layer; --stages {input.Sizes.Layers} is the most"] };
        }

        var configured = Configured(input, board);
        var wanted = Math.Max(0, input.Wish.Replicas - configured.Length);
        var kept = Keep(input, board, wanted);
        var problems = new List<string>();
        var replicas = new List<PlannedReplica>();
        for (var number = 0; number < wanted; number++)
        {
            if (Complete(input, board, placer, kept.GetValueOrDefault(number, []), number) is { } stages)
            {
                replicas.Add(new PlannedReplica { Number = number, Stages = stages });
            }
            else if (explain)
            {
                problems.Add(Explain(input, board, number));
            }
            else
            {
                problems.Add("");
            }
        }

        return plan with { Replicas = [.. replicas], Configured = configured, Problems = [.. problems] };
    }

    private static string[] Configured(PlanInput input, PlanBoard board)
    {
        if (input.IsCut)
        {
            return [];
        }

        var silos = board.Allowed.Where(silo => silo.IsConfigured).OrderBy(silo => silo.Name, StringComparer.Ordinal).ToArray();
        Array.ForEach(silos, board.Count);
        return [.. silos.Select(silo => silo.Name)];
    }

    /// <summary>The stages that can stay, by replica. A replica that was cut otherwise is none.</summary>
    private static Dictionary<int, List<PlannedStage>> Keep(PlanInput input, PlanBoard board, int wanted)
    {
        var kept = new Dictionary<int, List<PlannedStage>>();
        foreach (var replica in input.Current.Where(replica => replica.Number < wanted && replica.Stages.Length == input.Wish.Stages && replica.Stages.Sum(stage => stage.Layers) == input.Sizes.Layers))
        {
            foreach (var stage in replica.Stages)
            {
                if (board.Find(stage) is not { } silo || (stage.Stage == 0 && !board.TakesHead(silo)))
                {
                    continue;
                }

                var same = stage with { Bytes = silo.BytesOf(input.Sizes, stage.FirstLayer, stage.Layers) };
                board.Take(silo, same);
                kept[replica.Number] = [.. kept.GetValueOrDefault(replica.Number, []), same];
            }
        }

        return kept;
    }

    /// <returns>All stages of a replica; <see langword="null"/> where it has no place.</returns>
    private static PlannedStage[]? Complete(PlanInput input, PlanBoard board, StagePlacer placer, List<PlannedStage> kept, int number)
    {
        if (kept.Count == input.Wish.Stages)
        {
            return [.. kept];
        }

        var stages = kept.Count == 0 ? PlaceNew(board, placer) : PlaceLost(placer, board, kept, input.Current.First(replica => replica.Number == number));
        foreach (var stage in stages?.Except(kept) ?? [])
        {
            board.Take(board.Find(stage)!, stage);
        }

        return stages;
    }

    private static PlannedStage[]? PlaceNew(PlanBoard board, StagePlacer placer)
    {
        var zones = board.Allowed.GroupBy(silo => silo.Zone, StringComparer.Ordinal)
            .OrderBy(zone => board.Replicas(zone.Key)).ThenByDescending(zone => zone.Sum(board.Free)).ThenBy(zone => zone.Key, StringComparer.Ordinal);
        return zones.Select(zone => placer.Place(zone.Key, $"zone {zone.Key} has {board.Replicas(zone.Key)} replicas of it, and no zone with room has fewer")).FirstOrDefault(stages => stages is not null);
    }

    /// <summary>The lost stages alone move: the others have their weights loaded.</summary>
    private static PlannedStage[]? PlaceLost(StagePlacer placer, PlanBoard board, List<PlannedStage> kept, PlannedReplica replica)
    {
        var stages = new List<PlannedStage>(kept);
        var moved = new List<PlannedStage>();
        foreach (var lost in replica.Stages.Where(stage => kept.TrueForAll(other => other.Stage != stage.Stage)))
        {
            var others = stages.OrderBy(stage => stage.Stage).ToArray();
            var zones = lost.Stage > 0 ? [others[0].Zone] : ZonesForHead(board, others);
            if (zones.Select(zone => placer.PlaceOne(lost.Stage, lost.FirstLayer, lost.Layers, zone, others)).FirstOrDefault(stage => stage is not null) is not { } found)
            {
                moved.ForEach(taken => board.Return(board.Find(taken)!, taken));
                return null;
            }

            board.Take(board.Find(found)!, found);
            moved.Add(found with { Reason = $"{lost.Silo} is gone; {found.Reason}" });
            stages.Add(moved[^1]);
        }

        moved.ForEach(taken => board.Return(board.Find(taken)!, taken));
        return [.. stages.OrderBy(stage => stage.Stage)];
    }

    /// <summary>Zones with a silo that has no stage of the replica yet first, then the zone of the next stage.</summary>
    private static string[] ZonesForHead(PlanBoard board, PlannedStage[] others) =>
        [.. board.Allowed.Where(board.TakesHead).GroupBy(silo => silo.Zone, StringComparer.Ordinal)
            .OrderBy(zone => zone.All(silo => Array.Exists(others, stage => stage.Address == silo.Address))).ThenBy(zone => zone.Key != others[0].Zone).ThenBy(zone => zone.Key, StringComparer.Ordinal)
            .Select(zone => zone.Key)];

    private static string Explain(PlanInput input, PlanBoard board, int number)
    {
        var allowed = board.Allowed.ToArray();
        var zones = input.Wish.Zones.Length > 0 ? $" in {string.Join(", ", input.Wish.Zones)}" : "";
        if (allowed.Length == 0)
        {
            return $"replica {number}: no silo{zones} takes work and has the model's files; import it there or name other zones";
        }

        var heads = allowed.Where(board.TakesHead).ToArray();
        if (heads.Length == 0)
        {
            var possible = number + (input.IsCut ? 0 : allowed.Count(silo => silo.IsConfigured));
            var taken = allowed.Length == 1 ? $"{allowed[0].Name}, the only silo{zones}," : $"each of the {allowed.Length} silos{zones}";
            return $"replica {number}: {taken} has a replica already; add a silo{(possible == 0 ? "" : $", or ask for {possible} replica{(possible == 1 ? "" : "s")}")}";
        }

        var counts = StageCut.Balance(input.Sizes, Enumerable.Repeat(1.0, input.Wish.Stages).ToArray());
        var largest = heads.MaxBy(board.Free)!;
        var needed = counts.Index().Max(stage => largest.BytesOf(input.Sizes, counts[..stage.Index].Sum(), stage.Item));
        var lacking = $"replica {number}: its largest stage takes {PlanBoard.Text(needed)} of weights and KV cache, and the most that is free is {PlanBoard.Text(board.Free(largest))} on {largest.Name}";
        return $"{lacking}; {Remedy(input, needed - board.Free(largest), largest)}";
    }

    private static string Remedy(PlanInput input, long missing, SiloCapacity largest)
    {
        for (var stages = input.Wish.Stages + 1; stages <= Math.Min(input.Sizes.MostStages, DeploymentWish.Most); stages++)
        {
            if (Plan(input with { Wish = input.Wish with { Stages = stages } }, explain: false).IsWhole)
            {
                return $"--stages {stages} would fit";
            }
        }

        return missing > 0
            ? $"{PlanBoard.Text(missing)} more on {largest.Name} (Granary:Deployments:MemoryBytes), a smaller Granary:Engine:KvCacheBytes, or another silo would make room"
            : "more memory on the silos of that zone, or another silo, would make room";
    }
}
