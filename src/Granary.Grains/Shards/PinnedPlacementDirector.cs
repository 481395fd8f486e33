using Orleans.Runtime.Placement;

namespace Granary.Shards;

/// <summary>Finds the silo in the key; a silo that is gone is never replaced by another one.</summary>
internal sealed class PinnedPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var text = target.GrainIdentity.Key.ToString()!;
        if (!ShardKey.TryParse(text, out var key))
        {
            throw new ArgumentException($"'{text}' is no key of a shard; it must be model@address:port@generation.", nameof(target));
        }

        return context.GetCompatibleSilos(target).Contains(key.Value.Silo)
            ? Task.FromResult(key.Value.Silo)
            : throw new SiloUnavailableException($"Silo {key.Value.Silo} is not in the cluster any more; shard '{text}' went with it.");
    }
}
