namespace Granary.Serving;

/// <summary>
/// A conversation's replica, the same whoever asks; a request that is of no conversation goes by how it begins. When a replica goes, only what it had goes elsewhere, evenly; one that comes takes
/// an even share from each. Load is not looked at.
/// </summary>
/// <remarks>Rendezvous hashing (Thaler and Ravishankar, 1998). By the silo's name, so that a silo that starts again gets what it had.</remarks>
internal sealed class ConsistentHashPolicy : IRoutingPolicy
{
    public string Name => RoutingPolicyNames.ConsistentHash;

    public RoutingCandidate Choose(RoutingContext context)
    {
        var request = context.Request;
        var key = request.SessionId is { } session ? StableHash.Of(session, StableHash.Of(request.Tenant)) : PromptBlocks.Beginning(request);
        return context.Candidates.MaxBy(candidate => (StableHash.Of(candidate.Replica.Silo, key), candidate.Replica.ShardKey))!;
    }
}
