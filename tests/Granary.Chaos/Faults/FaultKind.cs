namespace Granary.Chaos.Faults;

/// <summary>What can go wrong.</summary>
internal enum FaultKind
{
    /// <summary>kill -9 of a silo, which is a gateway too; it is started again.</summary>
    KillSilo,

    /// <summary>kill -9 of all silos of a zone.</summary>
    KillZone,

    /// <summary>SIGSTOP of a silo, then SIGCONT.</summary>
    PauseSilo,

    /// <summary>kill -9 of Redis; it is started again.</summary>
    KillRedis,

    /// <summary>Redis takes no writes.</summary>
    RefuseWrites,

    /// <summary>kill -9 of PostgreSQL; it is started again.</summary>
    KillPostgres,

    /// <summary>Nothing passes between two silos.</summary>
    CutSilos,

    /// <summary>Everything between two silos comes late.</summary>
    SlowSilos,

    /// <summary>Nothing passes between a silo and the store of sessions and tokens.</summary>
    CutStore,

    /// <summary>The disk of KV blocks is full.</summary>
    FillDisk,

    /// <summary>A third of the clients lose their connections at once.</summary>
    VanishClients,
}
