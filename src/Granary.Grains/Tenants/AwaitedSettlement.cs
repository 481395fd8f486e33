namespace Granary.Tenants;

/// <summary>A settlement that somebody waits for.</summary>
internal sealed class AwaitedSettlement(Reservation reservation, UsageRecord usage) : Settlement(reservation, usage)
{
    private readonly TaskCompletionSource _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when it is stored that the turn ended.</summary>
    public Task Stored => _stored.Task;

    public override void OnStored() => _stored.TrySetResult();
}
