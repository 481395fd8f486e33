namespace Granary.Serving;

/// <summary>A replica that may be chosen, as the asking silo sees it.</summary>
/// <param name="Replica">What it says about itself; its load there is seconds old.</param>
public sealed record RoutingCandidate(ReplicaDescriptor Replica)
{
    /// <summary>Sequences that hold a slot, as far as is known: what it reported, corrected by what this silo has sent there and got back since.</summary>
    public int Running { get; init; }

    /// <summary>Sequences that wait for a slot, likewise.</summary>
    public int Waiting { get; init; }

    /// <summary>How long it took this silo's requests to give a first token, of late, queue and network included; <see langword="null"/> where none was sent there.</summary>
    public TimeSpan? ResponseTime { get; init; }

    /// <summary>0 on the asking silo, 1 in its zone, 2 elsewhere.</summary>
    public int Distance { get; init; }

    /// <summary>Sequences there, for each slot that it has; more than 1 where some wait.</summary>
    public double Load => (Running + Waiting) / (double)Math.Max(1, Replica.Slots);

    /// <summary>What decides where nothing else does: the shorter queue, the nearer, the fewer sequences that run, and then anything that is the same everywhere.</summary>
    internal (int Waiting, int Distance, int Running, string Key) LoadOrder => (Waiting, Distance, Running, Replica.ShardKey);
}
