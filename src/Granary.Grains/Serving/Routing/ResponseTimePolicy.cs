namespace Granary.Serving;

/// <summary>
/// The shortest expected time to the first token: what it took of late, times the sequences that would share the replica. One of which nothing is known is tried first.
/// </summary>
/// <remarks>The cost of Finagle's Peak EWMA balancer (latency × outstanding requests); see <see cref="ReplicaLoads"/> for the mean.</remarks>
internal sealed class ResponseTimePolicy : IRoutingPolicy
{
    public string Name => RoutingPolicyNames.ResponseTime;

    public RoutingCandidate Choose(RoutingContext context) =>
        context.Candidates.MinBy(candidate => (Cost(candidate), candidate.LoadOrder))!;

    private static double Cost(RoutingCandidate candidate) =>
        (candidate.ResponseTime?.TotalMilliseconds ?? 0) * (candidate.Running + candidate.Waiting + 1);
}
