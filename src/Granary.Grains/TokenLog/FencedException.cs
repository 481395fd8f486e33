namespace Granary.TokenLog;

/// <summary>Somebody else has opened the turn since: whoever gets this has nothing to say about it any more.</summary>
internal sealed class FencedException(TurnLease lease) : Exception($"Turn {lease.Turn.Turn} of {lease.Turn.Owner} was opened by another activation after epoch {lease.Epoch}.");
