using Orleans.Concurrency;

namespace Granary.Identity;

/// <summary>Keeps the API keys of some tenants (key: <see cref="KeyId.RingKey"/>). A change holds at every gateway within a second of its return.</summary>
[Alias("granary.keys")]
public interface IKeyRingGrain : IGrainWithStringKey
{
    /// <summary>A key; <see langword="null"/> where there is none.</summary>
    [Alias("Find"), AlwaysInterleave]
    Task<ApiKey?> FindAsync(string id);

    /// <summary>A tenant's keys, oldest first; revoked and expired ones for ninety days.</summary>
    [Alias("List"), AlwaysInterleave]
    Task<ApiKey[]> ListAsync(string tenant);

    /// <summary>Adds a key.</summary>
    /// <exception cref="Errors.GranaryException"><c>invalid_request</c>: the tenant has as many as it may; <c>store_unavailable</c>.</exception>
    [Alias("Add")]
    Task AddAsync(ApiKey key);

    /// <summary>Ends a key. Twice is no error.</summary>
    /// <returns>The key as it is now.</returns>
    /// <exception cref="Errors.GranaryException"><c>key_not_found</c>, <c>store_unavailable</c>; <c>unavailable</c>: it is stored, but not everybody may know it yet: repeat it.</exception>
    [Alias("Revoke")]
    Task<ApiKey> RevokeAsync(string id);

    /// <summary>Adds a key in place of another, which goes on for a while.</summary>
    /// <param name="id">The old one, which must be active.</param>
    /// <param name="successor">The new one.</param>
    /// <param name="overlap">How long the old one goes on.</param>
    /// <returns>The old one as it is now.</returns>
    /// <exception cref="Errors.GranaryException"><c>key_not_found</c>: also where it is not active any more; <c>store_unavailable</c>, <c>unavailable</c>.</exception>
    [Alias("Rotate")]
    Task<ApiKey> RotateAsync(string id, ApiKey successor, TimeSpan overlap);
}
