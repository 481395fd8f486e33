using Granary.Serving;

namespace Granary.Benchmarks.Routing;

/// <summary>The floor: one after the other, whatever they are.</summary>
internal sealed class RoundRobin : IRoutingPolicy
{
    /// <summary>Its name.</summary>
    public const string PolicyName = "round-robin";

    private int _next;

    public string Name => PolicyName;

    public RoutingCandidate Choose(RoutingContext context) =>
        context.Candidates.OrderBy(candidate => candidate.Replica.ShardKey, StringComparer.Ordinal).ElementAt((int)((uint)Interlocked.Increment(ref _next) % context.Candidates.Count));
}
