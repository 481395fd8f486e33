namespace Granary.Serving;

/// <summary>
/// The shortest queue; among equals the same silo, then the same zone; then the fewest running sequences. A replica with a free slot nearby therefore
/// beats an idle one far away.
/// </summary>
internal sealed class LeastLoadedPolicy : IRoutingPolicy
{
    public string Name => RoutingPolicyNames.LeastLoaded;

    public RoutingCandidate Choose(RoutingContext context) => context.Candidates.MinBy(candidate => candidate.LoadOrder)!;
}
