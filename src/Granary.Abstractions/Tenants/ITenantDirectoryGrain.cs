using Orleans.Concurrency;

namespace Granary.Tenants;

/// <summary>The tenants that there are (key: <see cref="Key"/>): those that have asked for anything, and those for whom somebody has made a key or set a limit.</summary>
[Alias("granary.tenants")]
public interface ITenantDirectoryGrain : IGrainWithStringKey
{
    /// <summary>The one key.</summary>
    const string Key = "cluster";

    /// <summary>Adds a tenant; twice is no error.</summary>
    /// <exception cref="Errors.GranaryException"><c>store_unavailable</c>.</exception>
    [Alias("Add")]
    Task AddAsync(string tenant);

    /// <summary>As <see cref="AddAsync"/>, for who does not wait and will say it again.</summary>
    [Alias("Notice"), OneWay]
    Task NoticeAsync(string tenant);

    /// <summary>A page of the tenants, by name.</summary>
    /// <param name="skip">Tenants to pass over.</param>
    /// <param name="take">Most tenants to return, 1–100.</param>
    [Alias("List")]
    Task<TenantPage> ListAsync(int skip, int take);

    /// <summary>A tenant has a webhook from now on, or none any more.</summary>
    /// <exception cref="Errors.GranaryException"><c>store_unavailable</c>.</exception>
    [Alias("SetHasWebhook")]
    Task SetHasWebhookAsync(string tenant, bool hasWebhook);

    /// <summary>Wakes the tenants that have a webhook, whose alerts may have waited on a silo that is gone. Silos ask for it all the time.</summary>
    [Alias("Tend")]
    Task TendAsync();
}
