using Granary.Errors;
using Granary.Gateway.Admin.Audit;
using Granary.Gateway.Following;
using Granary.Gateway.Identity;
using Granary.Gateway.Identity.Keys;
using Granary.Identity;
using Granary.Tenants;

namespace Granary.Gateway.Admin.Keys;

/// <summary>What administrators do with keys. A tenant's sees those of the tenant alone, and nobody makes or ends one that may more than his own.</summary>
internal sealed partial class KeyAdmin(IGrainFactory grains, TurnFollower follower, AuditTrail audit, TimeProvider time, ILogger<KeyAdmin> logger)
{
    private const int MaxNameLength = 100;

    private static readonly TimeSpan DefaultOverlap = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(90);
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(3650);

    public async Task<KeyObject> CreateAsync(Caller caller, CreateKey wish)
    {
        var tenant = AdminRequest.TenantOf(caller, wish.Tenant);
        if (wish.Name.Length is 0 or > MaxNameLength)
            throw new GranaryException(ErrorCode.InvalidRequest, $"A key's name has 1 to {MaxNameLength} characters.", "name");
        if (wish.Role > caller.Role)
            throw new GranaryException(ErrorCode.PermissionDenied, "Nobody makes a key that may more than his own.", "role");

        var scopes = wish.Scopes is { } names ? ScopeNames.Parse(names) : RoleScopes.Of(wish.Role);
        if (!caller.Scopes.HasFlag(scopes))
            throw new GranaryException(ErrorCode.PermissionDenied, $"Nobody makes a key that may more than his own: yours has {Names(caller.Scopes)}, this one would have {Names(scopes)}.", "scopes");

        var secret = KeySecret.New(tenant);
        var key = secret.ToStored(tenant, wish.Name, wish.Role, scopes, time.GetUtcNow(), Seconds(wish.ExpiresInSeconds, 1, LongestLifetime, "expiresInSeconds"));
        await follower.CallAsync(() => grains.GetGrain<ITenantDirectoryGrain>(ITenantDirectoryGrain.Key).AddAsync(tenant), CancellationToken.None);
        await follower.CallAsync(() => Ring(KeyId.RingOf(tenant)).AddAsync(key), CancellationToken.None);
        LogCreated(caller.Name, key.Id, tenant);
        await audit.AddAsync(tenant, caller, "key.create", key.Id, null, KeyObject.From(key));
        return KeyObject.From(key, secret);
    }

    public async Task<KeyObject[]> ListAsync(Caller caller, string? tenant, CancellationToken cancellationToken)
    {
        var whose = AdminRequest.TenantOf(caller, tenant);
        return Array.ConvertAll(await follower.CallAsync(() => Ring(KeyId.RingOf(whose)).ListAsync(whose), cancellationToken), key => KeyObject.From(key));
    }

    public async Task<KeyObject> RotateAsync(Caller caller, string id, RotateKey wish)
    {
        var key = await FindAsync(caller, id);
        var overlap = Seconds(wish.OverlapSeconds, 0, LongestOverlap, "overlapSeconds") ?? DefaultOverlap;
        var lifetime = Seconds(wish.ExpiresInSeconds, 1, LongestLifetime, "expiresInSeconds") ?? key.ExpiresAt - key.CreatedAt;
        var secret = KeySecret.New(key.Tenant);
        var successor = secret.ToStored(key.Tenant, key.Name, key.Role, key.Scopes, time.GetUtcNow(), lifetime);
        var old = await follower.CallAsync(() => Ring(KeyId.RingOfId(id)).RotateAsync(id, successor, overlap), CancellationToken.None);
        LogRotated(caller.Name, successor.Id, id, old.ExpiresAt);
        await audit.AddAsync(key.Tenant, caller, "key.rotate", id, KeyObject.From(key), KeyObject.From(old));
        return KeyObject.From(successor, secret);
    }

    public async Task<KeyObject> RevokeAsync(Caller caller, string id)
    {
        var key = await FindAsync(caller, id);
        var revoked = await follower.CallAsync(() => Ring(KeyId.RingOfId(id)).RevokeAsync(id), CancellationToken.None);
        LogRevoked(caller.Name, id, key.Tenant);
        await audit.AddAsync(key.Tenant, caller, "key.revoke", id, KeyObject.From(key), KeyObject.From(revoked));
        return KeyObject.From(revoked);
    }

    /// <summary>A key that the caller may change; another tenant's is one that does not exist.</summary>
    private async Task<ApiKey> FindAsync(Caller caller, string id)
    {
        var key = KeyId.IsValid(id) ? await follower.CallAsync(() => Ring(KeyId.RingOfId(id)).FindAsync(id), CancellationToken.None) : null;
        if (key is null || (caller.Role < CallerRole.Operator && key.Tenant != caller.Tenant))
            throw new GranaryException(ErrorCode.KeyNotFound, $"There is no key '{id}'; GET /admin/keys lists those that there are.", "id");
        if (key.Role > caller.Role)
            throw new GranaryException(ErrorCode.PermissionDenied, "The key may more than yours; only one of its role can change it.", "id");
        return caller.Scopes.HasFlag(key.Scopes)
            ? key
            : throw new GranaryException(ErrorCode.PermissionDenied, $"The key may more than yours: it has {Names(key.Scopes)}, yours {Names(caller.Scopes)}.", "id");
    }

    private IKeyRingGrain Ring(int ring) => grains.GetGrain<IKeyRingGrain>(KeyId.RingKey(ring));

    private static string Names(KeyScopes scopes) => string.Join(' ', ScopeNames.Of(scopes));

    private static TimeSpan? Seconds(long? seconds, long least, TimeSpan most, string parameter) => seconds switch
    {
        null => null,
        { } given when given >= least && given <= most.TotalSeconds => TimeSpan.FromSeconds(given),
        _ => throw new GranaryException(ErrorCode.InvalidRequest, $"'{parameter}' must be {least} to {most.TotalSeconds:F0}.", parameter),
    };
}
