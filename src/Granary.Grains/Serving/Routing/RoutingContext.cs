namespace Granary.Serving;

/// <summary>What a routing policy may look at.</summary>
/// <param name="Request">What is to be generated.</param>
/// <param name="Candidates">Replicas that have not refused this request yet.</param>
public sealed record RoutingContext(GenerateRequest Request, IReadOnlyList<RoutingCandidate> Candidates);
