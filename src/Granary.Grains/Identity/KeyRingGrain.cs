using Granary.Clustering;
using Granary.Errors;
using Granary.Storage;

namespace Granary.Identity;

/// <summary>See <see cref="IKeyRingGrain"/>. A change is stored, then announced, then acknowledged.</summary>
[GrainType("keyring")]
[ServingSilosPlacementFilter]
internal sealed class KeyRingGrain([PersistentState("keyring", GrainStores.Sessions)] IPersistentState<KeyRingState> store, TimeProvider time) : Grain, IKeyRingGrain
{
    private const int MaxKeysOfATenant = 1_000;
    private const int MaxEndedKeysOfATenant = 200;

    private static readonly TimeSpan Memory = TimeSpan.FromDays(90);

    private List<ApiKey> Keys => store.State.Keys;

    public Task<ApiKey?> FindAsync(string id) => Task.FromResult(Keys.Find(key => key.Id == id));

    public Task<ApiKey[]> ListAsync(string tenant) => Task.FromResult(Keys.Where(key => key.Tenant == tenant).ToArray());

    public Task AddAsync(ApiKey key) => Keys.Exists(other => other.Id == key.Id && other.Hash.AsSpan().SequenceEqual(key.Hash))
        ? Task.CompletedTask
        : ChangeAsync([.. Kept(), Checked(key)]);

    public async Task<ApiKey> RevokeAsync(string id)
    {
        var key = Require(id);
        var revoked = key with { RevokedAt = key.RevokedAt ?? time.GetUtcNow() };
        await ChangeAsync([.. Keys.Select(other => other.Id == id ? revoked : other)]);
        return revoked;
    }

    public async Task<ApiKey> RotateAsync(string id, ApiKey successor, TimeSpan overlap)
    {
        var (key, now) = (Require(id), time.GetUtcNow());
        if (key.ReplacedBy == successor.Id)
        {
            await ChangeAsync(Keys);
            return key;
        }

        if (!key.IsActive(now))
        {
            throw new GranaryException(ErrorCode.KeyNotFound, $"The key '{id}' has ended; create a new one.", "id");
        }

        var end = now + overlap;
        var old = key with { ExpiresAt = key.ExpiresAt < end ? key.ExpiresAt : end, ReplacedBy = successor.Id };
        Checked(successor);
        await ChangeAsync([.. Kept().Select(other => other.Id == id ? old : other), successor]);
        return old;
    }

    private ApiKey Require(string id) =>
        Keys.Find(key => key.Id == id) ?? throw new GranaryException(ErrorCode.KeyNotFound, $"There is no key '{id}'.", "id");

    private ApiKey Checked(ApiKey key)
    {
        var now = time.GetUtcNow();
        return Keys.Count(other => other.Tenant == key.Tenant && other.IsActive(now)) < MaxKeysOfATenant
            ? key
            : throw new GranaryException(ErrorCode.InvalidRequest, $"The tenant has {MaxKeysOfATenant} keys; revoke one first.", "tenant");
    }

    // The whole ring is written with each change, so that ended keys of one tenant are a burden to others.
    private IEnumerable<ApiKey> Kept()
    {
        var now = time.GetUtcNow();
        var ended = Keys.Where(key => !key.IsActive(now)).GroupBy(key => key.Tenant, StringComparer.Ordinal)
            .SelectMany(keys => keys.OrderByDescending(EndOf).Take(MaxEndedKeysOfATenant).Where(key => EndOf(key) > now - Memory))
            .Select(key => key.Id).ToHashSet(StringComparer.Ordinal);
        return Keys.Where(key => key.IsActive(now) || ended.Contains(key.Id));
    }

    private static DateTimeOffset EndOf(ApiKey key) => key.RevokedAt < key.ExpiresAt ? key.RevokedAt.Value : key.ExpiresAt ?? key.RevokedAt ?? DateTimeOffset.MaxValue;

    private async Task ChangeAsync(List<ApiKey> keys)
    {
        await store.ReplaceAsync(new KeyRingState { Keys = keys }, DeactivateOnIdle);
        var ring = KeyId.RingOfId(this.GetPrimaryKeyString());
        await GrainFactory.GetGrain<IKeyChangesGrain>(IKeyChangesGrain.Key).AnnounceAsync(ring); // where it fails, the caller's repetition announces again
    }
}
