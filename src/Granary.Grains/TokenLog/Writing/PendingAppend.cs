namespace Granary.TokenLog.Writing;

/// <summary>A record on its way to the store.</summary>
/// <param name="lease">The right to append.</param>
/// <param name="record">Its number.</param>
/// <param name="data">The record; <see langword="null"/> for one that only waits until all before it are written.</param>
internal sealed class PendingAppend(TurnLease lease, int record, byte[]? data)
{
    public TurnLease Lease => lease;

    public int Record => record;

    public byte[]? Data => data;

    /// <summary>Ends when the record is written; fails with <see cref="FencedException"/>.</summary>
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
