namespace Granary.Serving;

/// <summary>
/// The lowest score: load × 1.5 + latency penalty. Load is sequences a slot; the penalty is how much longer than the fastest candidate's the time to the first token was of late
/// (0 for the fastest, 1 for one that takes twice as long), at most 3, and a twentieth for each border to it: of silo, of zone.
/// </summary>
/// <remarks>
/// So a replica that is twice as slow gets nothing while the fastest has a third of its slots free, and slow ones take over the more the fast ones are filled.
/// One of which nothing is known counts as the fastest, or it would never be known.
/// </remarks>
internal sealed class DynamicScorePolicy : IRoutingPolicy
{
    private const double LoadFactor = 1.5;
    private const double MaxPenalty = 3;
    private const double DistancePenalty = 0.05;

    public string Name => RoutingPolicyNames.DynamicScore;

    public RoutingCandidate Choose(RoutingContext context)
    {
        var fastest = context.Candidates.Min(candidate => candidate.ResponseTime) ?? TimeSpan.Zero;
        return context.Candidates.MinBy(candidate => (Score(candidate, fastest), candidate.LoadOrder))!;
    }

    /// <summary>A candidate's score; less is better.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="fastest">The shortest known response time of all.</param>
    internal static double Score(RoutingCandidate candidate, TimeSpan fastest)
    {
        var latency = candidate.ResponseTime is { } took && fastest > TimeSpan.Zero ? Math.Clamp((took / fastest) - 1, 0, MaxPenalty) : 0;
        return (candidate.Load * LoadFactor) + latency + (candidate.Distance * DistancePenalty);
    }
}
