using System.Security.Cryptography;
using Granary.Gateway.Admin.Audit;
using Granary.Gateway.Following;
using Granary.Gateway.Identity;
using Granary.Identity;
using Granary.Tenants;

namespace Granary.Gateway.Admin.Tenants;

/// <summary>What administrators do with tenants: an operator with all of them, everybody else with his own. Changes go on when the caller hangs up; see <see cref="AuditTrail"/>.</summary>
internal sealed class TenantAdmin(IGrainFactory grains, TurnFollower follower, AuditTrail audit)
{
    private const int SecretBytes = 32;

    /// <summary>A page of the tenants that the caller may see, with their limits and what counts.</summary>
    public async Task<TenantList> ListAsync(Caller caller, int skip, int take, CancellationToken cancellationToken)
    {
        if (caller.Role < CallerRole.Operator)
            return new([await follower.CallAsync(Grain(caller.Tenant).GetStatusAsync, cancellationToken)], 1);
        var page = await follower.CallAsync(() => grains.GetGrain<ITenantDirectoryGrain>(ITenantDirectoryGrain.Key).ListAsync(skip, take), cancellationToken);
        return new(await Task.WhenAll(page.Tenants.Select(tenant => follower.CallAsync(Grain(tenant).GetStatusAsync, cancellationToken))), page.Total);
    }

    /// <summary>A tenant.</summary>
    public Task<TenantStatus> GetAsync(Caller caller, string tenant, CancellationToken cancellationToken) =>
        follower.CallAsync(Grain(AdminRequest.TenantOf(caller, tenant)).GetStatusAsync, cancellationToken);

    /// <summary>Gives a tenant limits of its own, or with <see langword="null"/> those of the configuration.</summary>
    public async Task<TenantStatus> SetLimitsAsync(Caller caller, string tenant, TenantLimits? limits)
    {
        var before = await GetAsync(caller, tenant, CancellationToken.None);
        var after = await follower.CallAsync(() => Grain(tenant).SetLimitsAsync(limits), CancellationToken.None);
        await audit.AddAsync(tenant, caller, limits is null ? "limits.clear" : "limits.set", tenant, before.Limits, after.Limits);
        return after;
    }

    /// <summary>Has a receiver told when a tenant's tokens run out; messages are signed with a new secret.</summary>
    public async Task<WebhookObject> SetWebhookAsync(Caller caller, string tenant, string url)
    {
        var before = await GetAsync(caller, tenant, CancellationToken.None);
        var webhook = new Webhook { Url = url, Secret = RandomNumberGenerator.GetBytes(SecretBytes) };
        var after = await follower.CallAsync(() => Grain(tenant).SetWebhookAsync(webhook), CancellationToken.None);
        await audit.AddAsync(tenant, caller, "webhook.set", tenant, before.Webhook, after.Webhook);
        return WebhookObject.From(webhook);
    }

    /// <summary>Has nobody told any more.</summary>
    public async Task<TenantStatus> ClearWebhookAsync(Caller caller, string tenant)
    {
        var before = await GetAsync(caller, tenant, CancellationToken.None);
        var after = await follower.CallAsync(() => Grain(tenant).SetWebhookAsync(null), CancellationToken.None);
        await audit.AddAsync(tenant, caller, "webhook.clear", tenant, before.Webhook, null);
        return after;
    }

    private ITenantGrain Grain(string tenant) => grains.GetGrain<ITenantGrain>(tenant);
}
