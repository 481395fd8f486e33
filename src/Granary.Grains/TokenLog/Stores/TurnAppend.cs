namespace Granary.TokenLog.Stores;

/// <summary>One turn's part of a commit: consecutive records.</summary>
/// <param name="lease">The right to append.</param>
/// <param name="first">Number of the first record here.</param>
internal sealed class TurnAppend(TurnLease lease, int first)
{
    public TurnLease Lease => lease;

    public int First => first;

    /// <summary>The records; number i is <see cref="First"/> + i.</summary>
    public List<byte[]> Records { get; } = [];

    /// <summary>Set by the store.</summary>
    public AppendOutcome Outcome { get; set; }
}
