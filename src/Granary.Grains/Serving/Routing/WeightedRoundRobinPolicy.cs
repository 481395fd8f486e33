using System.Runtime.InteropServices;

namespace Granary.Serving;

/// <summary>
/// Each replica as often as its weight says, spread as evenly as can be. Where a replica has no weight it gets the mean of those that have one.
/// </summary>
/// <remarks>
/// The smooth weighted round robin of nginx (Igor Sysoev, 2012): everybody's credit grows by its weight, the highest is taken and pays what all got together.
/// </remarks>
internal sealed class WeightedRoundRobinPolicy : IRoutingPolicy
{
    private const int MaxCredits = 1024; // replicas that are gone leave theirs behind

    private readonly Lock _lock = new();
    private readonly Dictionary<string, double> _credits = new(StringComparer.Ordinal);

    public string Name => RoutingPolicyNames.WeightedRoundRobin;

    public RoutingCandidate Choose(RoutingContext context)
    {
        var candidates = context.Candidates;
        var mean = candidates.Select(candidate => candidate.Replica.Weight).Where(weight => weight > 0).DefaultIfEmpty(1).Average();
        lock (_lock)
        {
            if (_credits.Count > MaxCredits)
            {
                _credits.Clear();
            }

            var (total, best, most) = (0.0, candidates[0], double.NegativeInfinity);
            foreach (var candidate in candidates.OrderBy(candidate => candidate.Replica.ShardKey, StringComparer.Ordinal))
            {
                var weight = candidate.Replica.Weight > 0 ? candidate.Replica.Weight : mean;
                ref var credit = ref CollectionsMarshal.GetValueRefOrAddDefault(_credits, candidate.Replica.ShardKey, out _);
                credit += weight;
                total += weight;
                if (credit > most)
                {
                    (best, most) = (candidate, credit);
                }
            }

            _credits[best.Replica.ShardKey] -= total;
            return best;
        }
    }
}
