
namespace Granary.Serving;

/// <summary>What a routing policy may look at.</summary>
/// <param name="Candidates">Replicas that have not refused this request yet; their load counts what this silo sent them since they reported.</param>
/// <param name="Silo">Name of the asking silo.</param>
/// <param name="Zone">Zone of the asking silo.</param>
/// <param name="SessionId">The conversation, if it is one.</param>
public sealed record RoutingContext(IReadOnlyList<ReplicaDescriptor> Candidates, string Silo, string Zone, string? SessionId);
