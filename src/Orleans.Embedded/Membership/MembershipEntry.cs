namespace Orleans;

/// <summary>A silo's row in the membership table.</summary>
public sealed class MembershipEntry
{
    /// <summary>The silo.</summary>
    public SiloAddress SiloAddress { get; set; } = SiloAddress.Zero;

    /// <summary>How far in its life it is.</summary>
    public SiloStatus Status { get; set; }

    /// <summary>Who said when that it does not answer.</summary>
    public List<Tuple<SiloAddress, DateTime>>? SuspectTimes { get; set; }

    /// <summary>The gateway's port, 0 without one.</summary>
    public int ProxyPort { get; set; }

    /// <summary>The machine's name.</summary>
    public string HostName { get; set; } = "";

    /// <summary>The silo's name.</summary>
    public string SiloName { get; set; } = "";

    /// <summary>Kept for the table's layout.</summary>
    public string RoleName { get; set; } = "";

    /// <summary>Kept for the table's layout.</summary>
    public int UpdateZone { get; set; }

    /// <summary>Kept for the table's layout.</summary>
    public int FaultZone { get; set; }

    /// <summary>When the silo started, UTC.</summary>
    public DateTime StartTime { get; set; }

    /// <summary>The last heartbeat, UTC.</summary>
    public DateTime IAmAliveTime { get; set; }

    /// <summary>Adds a vote against the silo.</summary>
    public void AddSuspector(SiloAddress suspectingSilo, DateTime suspectingTime) =>
        (SuspectTimes ??= []).Add(Tuple.Create(suspectingSilo, suspectingTime));

    /// <summary>Adds or renews a vote, keeping the newest <paramref name="maxVotes"/>.</summary>
    public void AddOrUpdateSuspector(SiloAddress localSilo, DateTime voteTime, int maxVotes)
    {
        var votes = SuspectTimes ??= [];
        votes.RemoveAll(vote => vote.Item1.Equals(localSilo));
        votes.Add(Tuple.Create(localSilo, voteTime));
        if (votes.Count > maxVotes)
        {
            votes.RemoveRange(0, votes.Count - maxVotes);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{SiloAddress} {SiloName} {Status}";

    internal MembershipEntry Copy()
    {
        var copy = (MembershipEntry)MemberwiseClone();
        copy.SuspectTimes = SuspectTimes is null ? null : [.. SuspectTimes];
        return copy;
    }
}
