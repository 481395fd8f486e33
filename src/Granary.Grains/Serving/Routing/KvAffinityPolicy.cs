namespace Granary.Serving;

/// <summary>
/// The replica that holds the longest prefix of the prompt: the one that ran the conversation's last turn, or one that was sent prompts that begin alike. Among equals, and for what is new
/// everywhere, as <see cref="LeastLoadedPolicy"/>. A replica that is overloaded against the others is left out, so that a conversation, or a beginning that many share, spills over; it is then at home in
/// both places.
/// </summary>
/// <remarks>
/// The rule is that of SGLang's cache-aware router (longest prefix unless the load is out of balance), with block hashes in place of its tree of texts (see <see cref="PromptBlocks"/>). What is known
/// of prefixes is what this silo sent: replicas tell nobody what they drop, so that a hit is likely and never certain.
/// </remarks>
internal sealed class KvAffinityPolicy : IRoutingPolicy
{
    // Some two million characters: about what a replica's slots and host memory hold.
    private const int BlocksOfAReplica = 8192;
    private const int MaxReplicas = 256; // as many as are remembered; those of silos that are gone are among them

    private readonly Lock _lock = new();
    private readonly Dictionary<string, PrefixSketch> _sketches = new(StringComparer.Ordinal);

    public string Name => RoutingPolicyNames.KvAffinity;

    public RoutingCandidate Choose(RoutingContext context)
    {
        var chain = PromptBlocks.Of(context.Request);
        var candidates = WithoutOverloaded(context.Candidates);
        lock (_lock)
        {
            var chosen = candidates.MinBy(candidate => (-Held(candidate, context.Request, chain), candidate.LoadOrder))!;
            Sketch(chosen).Add(chain);
            return chosen;
        }
    }

    /// <summary>
    /// Those whose queue is not longer than the shortest one by more than a quarter of their slots, and who do not run half their slots more than the emptiest of these: waiting that long costs more
    /// than computing a prefix anew.
    /// </summary>
    private static RoutingCandidate[] WithoutOverloaded(IReadOnlyList<RoutingCandidate> candidates)
    {
        var shortest = candidates.Min(candidate => candidate.Waiting);
        RoutingCandidate[] close = [.. candidates.Where(candidate => candidate.Waiting - shortest <= Math.Max(1, candidate.Replica.Slots / 4))];
        var fewest = close.Min(candidate => candidate.Running);
        return Array.FindAll(close, candidate => candidate.Running - fewest <= Math.Max(1, candidate.Replica.Slots / 2));
    }

    // Whoever ran the last turn has all of it, the reply included, which was sent to nobody.
    private int Held(RoutingCandidate candidate, GenerateRequest request, ulong[] chain) =>
        candidate.Replica.ShardKey == request.LastReplica ? chain.Length + 1
            : _sketches.TryGetValue(candidate.Replica.ShardKey, out var sketch) ? sketch.Match(chain)
            : 0;

    private PrefixSketch Sketch(RoutingCandidate candidate)
    {
        if (!_sketches.TryGetValue(candidate.Replica.ShardKey, out var sketch))
        {
            if (_sketches.Count >= MaxReplicas)
            {
                _sketches.Clear();
            }

            _sketches[candidate.Replica.ShardKey] = sketch = new PrefixSketch(BlocksOfAReplica);
        }

        return sketch;
    }
}
