
namespace Granary.Serving;

/// <summary>
/// One element of a routed generation: who answers, then frames. Exactly one of the two is set. Before it is known who answers there may be heartbeats: somebody was asked, and is
/// alive.
/// </summary>
/// <param name="Replica">Who answers; once, before the first frame that is no heartbeat.</param>
/// <param name="Frame">Tokens, or a heartbeat.</param>
public readonly record struct ReplicaOutput(ReplicaDescriptor? Replica, TokenFrame? Frame);
