
namespace Granary.Serving;

/// <summary>One element of a routed generation: first who answers, then frames. Exactly one of the two is set.</summary>
/// <param name="Replica">Who answers; on the first element.</param>
/// <param name="Frame">Tokens.</param>
public readonly record struct ReplicaOutput(ReplicaDescriptor? Replica, TokenFrame? Frame);
