namespace Granary.Tenants;

/// <summary>A turn that has ended, on its way to the tenant's books.</summary>
/// <param name="Reservation">What it was admitted with.</param>
/// <param name="Usage">What it used.</param>
internal sealed record Settlement(Reservation Reservation, UsageRecord Usage)
{
    /// <summary>Ends when it is stored that it ended.</summary>
    public TaskCompletionSource Stored { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
