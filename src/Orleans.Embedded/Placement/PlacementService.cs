using Microsoft.Extensions.DependencyInjection;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Orleans.Runtime;

/// <summary>Chooses the silos of new activations: those that host the class, less what filters refuse, then the strategy's director.</summary>
internal sealed class PlacementService(SiloRuntime silo) : IPlacementContext
{
    private static readonly PlacementStrategy Fallback = new RandomPlacement();

    public SiloAddress LocalSilo => silo.Address;

    public SiloStatus LocalSiloStatus => silo.Membership.Status;

    public async Task<SiloAddress> PlaceAsync(GrainId grain, Dictionary<string, object>? context, GrainMethod method, CancellationToken token)
    {
        var grainInterface = TypeRegistry.Instance.GetInterface(method.Interface);
        return await PlaceAsync(new PlacementTarget(grain, context, grainInterface.InterfaceType, grainInterface.Version)).WaitAsync(token);
    }

    /// <summary>Where a grain of this silo would be placed now; null when nowhere.</summary>
    public async Task<SiloAddress?> FindMigrationTargetAsync(GrainId grain, Dictionary<string, object>? context)
    {
        try
        {
            return await PlaceAsync(new PlacementTarget(grain, context, default, 0));
        }
        catch (OrleansException)
        {
            return null;
        }
    }

    public SiloAddress[] GetCompatibleSilos(PlacementTarget target)
    {
        var type = target.GrainIdentity.Type;
        IEnumerable<SiloAddress> silos = silo.Manifests.SilosThatHost(type);
        foreach (var filter in silo.Types.Find(type)?.Filters ?? [])
        {
            var director = silo.Services.GetRequiredKeyedService<IPlacementFilterDirector>(filter.GetType());
            silos = director.Filter(filter, target, silos);
        }

        SiloAddress[] result = [.. silos];
        return result.Length > 0
            ? result
            : throw new OrleansException($"No active silo may host {target.GrainIdentity}: none knows its class, or the placement filters refuse all that do.");
    }

    private async Task<SiloAddress> PlaceAsync(PlacementTarget target)
    {
        var strategy = silo.Types.Find(target.GrainIdentity.Type)?.Placement ?? Fallback;
        var director = silo.Services.GetKeyedService<IPlacementDirector>(strategy.GetType())
            ?? throw new OrleansConfigurationException($"No placement director is registered for {strategy.GetType()}.");
        return await director.OnAddActivation(strategy, target, this);
    }
}
