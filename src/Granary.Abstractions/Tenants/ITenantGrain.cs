using Orleans.Concurrency;

namespace Granary.Tenants;

/// <summary>A tenant's limits and what of them is used, in the whole cluster (key: the tenant's id). Gives silos leases, from which they admit requests by themselves.</summary>
[Alias("granary.tenant")]
public interface ITenantGrain : IGrainWithStringKey
{
    /// <summary>Takes a silo's report and prolongs its lease. What it gives is stored before.</summary>
    /// <exception cref="Errors.GranaryException"><c>store_unavailable</c>: nothing was given.</exception>
    [Alias("Renew")]
    Task<LeaseGrant> RenewAsync(LeaseReport report);

    /// <summary>A turn goes on at another silo than the one that admitted it: what it has reserved is counted there from now on.</summary>
    /// <param name="reservation">The turn's.</param>
    /// <param name="silo">Where it goes on.</param>
    /// <param name="epoch">That silo's lease.</param>
    /// <param name="hasEnded">Whether it has: what it used counts then, whatever is left.</param>
    /// <returns>Whether it may go on; <see langword="false"/> where its reservation has expired and there is not enough left for a new one now, and where that silo has another lease by now.</returns>
    /// <exception cref="Errors.GranaryException"><c>store_unavailable</c>.</exception>
    [Alias("Claim")]
    Task<bool> ClaimAsync(Reservation reservation, string silo, long epoch, bool hasEnded);

    /// <summary>Limits and use.</summary>
    [Alias("GetStatus")]
    Task<TenantStatus> GetStatusAsync();

    /// <summary>Changes the limits; every silo obeys within a second.</summary>
    /// <param name="limits">All of them; <see langword="null"/> for those of the configuration.</param>
    /// <exception cref="Errors.GranaryException"><c>invalid_request</c>, <c>store_unavailable</c>.</exception>
    [Alias("SetLimits")]
    Task<TenantStatus> SetLimitsAsync(TenantLimits? limits);

    /// <summary>Changes who is told when 50, 80 and 100 % of the day's and the month's tokens are used. What has been reached by now is told at once.</summary>
    /// <param name="webhook">The receiver; <see langword="null"/> for nobody: what waits is dropped.</param>
    /// <exception cref="Errors.GranaryException"><c>invalid_request</c>: the address is not one that may be called; <c>store_unavailable</c>.</exception>
    [Alias("SetWebhook")]
    Task<TenantStatus> SetWebhookAsync(Webhook? webhook);

    /// <summary>Makes sure that the grain lives, so that alerts which wait are delivered.</summary>
    [Alias("Wake"), OneWay]
    Task WakeAsync();
}
