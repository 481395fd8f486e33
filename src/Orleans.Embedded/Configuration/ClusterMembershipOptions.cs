namespace Orleans.Configuration;

/// <summary>How silos watch one another.</summary>
public class ClusterMembershipOptions
{
    /// <summary>How many publish periods may pass before a silent silo counts as stale. Default 3.</summary>
    public int NumMissedTableIAmAliveLimit { get; set; } = 3;

    /// <summary>Whether silos are probed and declared dead at all. Default true.</summary>
    public bool LivenessEnabled { get; set; } = true;

    /// <summary>The time between probes, and how long an answer may take. Default 5 s.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The shortest probe timeout. Default 2.5 s.</summary>
    public TimeSpan MinProbeTimeout { get; set; } = TimeSpan.FromSeconds(2.5);

    /// <summary>The longest probe timeout. Default 20 s.</summary>
    public TimeSpan MaxProbeTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The time between unprompted reads of the table. Default 60 s.</summary>
    public TimeSpan TableRefreshTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a vote counts. Default 120 s.</summary>
    public TimeSpan DeathVoteExpirationTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>The time between heartbeats in the table. Default 30 s.</summary>
    public TimeSpan IAmAliveTablePublishTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a silo tries to join. Default 5 min.</summary>
    public TimeSpan MaxJoinAttemptTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How many silos each one probes. Default 10.</summary>
    public int NumProbedSilos { get; set; } = 10;

    /// <summary>Unanswered probes that make a vote. Default 3.</summary>
    public int NumMissedProbesLimit { get; set; } = 3;

    /// <summary>Votes that declare a silo dead; fewer when there are fewer silos. Default 2.</summary>
    public int NumVotesForDeathDeclaration { get; set; } = 2;

    /// <summary>How long rows of dead silos are kept. Default 7 days.</summary>
    public TimeSpan DefunctSiloExpiration { get; set; } = TimeSpan.FromDays(7);

    /// <summary>The time between clean-ups of such rows; null for never. Default 1 h.</summary>
    public TimeSpan? DefunctSiloCleanupPeriod { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Whether silos tell one another of changes at once. Default true.</summary>
    public bool UseLivenessGossip { get; set; } = true;

    /// <summary>Kept for Orleans' shape; this engine's probe timeout is constant.</summary>
    public bool ExtendProbeTimeoutDuringDegradation { get; set; } = true;

    /// <summary>Kept for Orleans' shape; this engine probes directly.</summary>
    public bool EnableIndirectProbes { get; set; } = true;

    /// <summary>Kept for Orleans' shape; a broken connection is always evidence here, and an idle one never.</summary>
    public bool EnableConnectionLivenessCheck { get; set; } = true;
}
