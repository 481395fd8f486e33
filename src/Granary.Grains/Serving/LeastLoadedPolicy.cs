
namespace Granary.Serving;

/// <summary>
/// The shortest queue; among equals the same silo, then the same zone; then the fewest running sequences. A replica with a free slot nearby therefore
/// beats an idle one far away.
/// </summary>
internal sealed class LeastLoadedPolicy : IRoutingPolicy
{
    public string Name => RoutingPolicyNames.LeastLoaded;

    public ReplicaDescriptor Choose(RoutingContext context) =>
        context.Candidates.MinBy(replica => (replica.Waiting, Distance(replica, context), replica.Running, replica.ShardKey))!;

    private static int Distance(ReplicaDescriptor replica, RoutingContext context) =>
        replica.Silo == context.Silo ? 0 : replica.Zone == context.Zone ? 1 : 2;
}
