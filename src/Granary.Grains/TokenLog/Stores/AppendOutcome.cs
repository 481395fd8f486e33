namespace Granary.TokenLog.Stores;

/// <summary>What became of a turn's part of a commit.</summary>
internal enum AppendOutcome
{
    /// <summary>Its records are there.</summary>
    Written,

    /// <summary>The epoch has been raised, or the turn is gone: nothing was written.</summary>
    Fenced,

    /// <summary>The store lacks earlier records, which it had acknowledged: nothing was written.</summary>
    Lost,
}
