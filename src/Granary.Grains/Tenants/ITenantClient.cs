namespace Granary.Tenants;

/// <summary>A silo's talk with the grains of one tenant.</summary>
internal interface ITenantClient
{
    /// <inheritdoc cref="ITenantGrain.RenewAsync"/>
    Task<LeaseGrant> RenewAsync(LeaseReport report);

    /// <inheritdoc cref="ITenantGrain.ClaimAsync"/>
    Task<bool> ClaimAsync(Reservation reservation, string silo, long epoch, bool hasEnded);

    /// <summary>Stores what turns have used.</summary>
    /// <returns>For each whether nobody had told of it before.</returns>
    Task<bool[]> RecordAsync(IReadOnlyList<UsageRecord> records);

    /// <summary>The log has closed a turn whose usage was recorded: it can never come again.</summary>
    void Close(Reservation reservation);
}
