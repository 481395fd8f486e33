namespace Orleans;

/// <summary>A silo's row in the membership table.</summary>
[GenerateSerializer]
public sealed class MembershipEntry
{
    /// <summary>The silo.</summary>
    [Id(0)]
    public SiloAddress SiloAddress { get; set; } = SiloAddress.Zero;

    /// <summary>How far in its life it is.</summary>
    [Id(1)]
    public SiloStatus Status { get; set; }

    /// <summary>Who said when that it does not answer.</summary>
    [Id(2)]
    public List<Tuple<SiloAddress, DateTime>>? SuspectTimes { get; set; }

    /// <summary>The gateway's port, 0 without one.</summary>
    [Id(3)]
    public int ProxyPort { get; set; }

    /// <summary>The machine's name.</summary>
    [Id(4)]
    public string HostName { get; set; } = "";

    /// <summary>The silo's name.</summary>
    [Id(5)]
    public string SiloName { get; set; } = "";

    /// <summary>Kept for the table's layout.</summary>
    [Id(6)]
    public string RoleName { get; set; } = "";

    /// <summary>Kept for the table's layout.</summary>
    [Id(7)]
    public int UpdateZone { get; set; }

    /// <summary>Kept for the table's layout.</summary>
    [Id(8)]
    public int FaultZone { get; set; }

    /// <summary>When the silo started, UTC.</summary>
    [Id(9)]
    public DateTime StartTime { get; set; }

    /// <summary>The last heartbeat, UTC.</summary>
    [Id(10)]
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
