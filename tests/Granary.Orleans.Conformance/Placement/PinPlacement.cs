using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Granary.Conformance.Placement;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class PinPlacementAttribute() : PlacementAttribute(new PinStrategy());

[GenerateSerializer]
internal sealed class PinStrategy : PlacementStrategy;

internal sealed class PinDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var key = target.GrainIdentity.Key.ToString()!;
        var wanted = SiloAddress.FromParsableString(key[(key.IndexOf('@', StringComparison.Ordinal) + 1)..]);
        var found = context.GetCompatibleSilos(target).FirstOrDefault(silo => silo.Equals(wanted));
        return Task.FromResult(found ?? throw new SiloUnavailableException($"{wanted} is gone."));
    }
}
