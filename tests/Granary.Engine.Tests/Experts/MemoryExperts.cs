using System.Collections.Immutable;
using Granary.Engine.Experts;
using Granary.Shards;

namespace Granary.Engine.Tests.Experts;

/// <summary>Sets of experts in one process as destinations, the first of which is this silo.</summary>
internal sealed class MemoryExperts(IReadOnlyList<ExpertSet> sets) : IExpertLink
{
    private volatile ExpertPlacement _placement = PlacementOf(sets);

    /// <summary>Called with every batch before it is computed; may throw.</summary>
    public Action<int, ExpertBatch>? OnRun { get; set; }

    /// <summary>Called when experts are missing.</summary>
    public Func<IReadOnlyList<ExpertId>, Task>? OnRepair { get; set; }

    public ExpertPlacement Placement => _placement;

    public static ExpertPlacement PlacementOf(IReadOnlyList<ExpertSet> sets)
    {
        var destinations = new Dictionary<ExpertId, ImmutableArray<int>>();
        for (int set = 0; set < sets.Count; set++)
        {
            foreach (ExpertId id in sets[set].Experts)
            {
                destinations[id] = destinations.GetValueOrDefault(id, []).Add(set);
            }
        }

        return new ExpertPlacement(destinations, here: 0);
    }

    public async Task<ExpertReply> RunAsync(int destination, ExpertBatch batch)
    {
        OnRun?.Invoke(destination, batch);
        return await sets[destination].RunAsync(batch);
    }

    public async Task<ExpertPlacement> RepairAsync(ExpertPlacement seen, IReadOnlyList<ExpertId> failed)
    {
        await (OnRepair?.Invoke(failed) ?? throw new IOException("Nobody has them."));
        return Update();
    }

    /// <summary>Takes what the sets hold now for the placement.</summary>
    public ExpertPlacement Update() => _placement = PlacementOf(sets);
}
