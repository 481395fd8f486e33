namespace Granary.TokenLog;

/// <summary>How safe a token is before it is shown.</summary>
public enum TokenLogMode
{
    /// <summary>The store has committed it.</summary>
    Committed,

    /// <summary>Besides, a replica of the store has it: Redis' <c>WAIT</c>, a synchronous standby of PostgreSQL.</summary>
    Replicated,

    /// <summary>It is on its way to the store: a silo that dies can lose the last milliseconds.</summary>
    Async,
}
