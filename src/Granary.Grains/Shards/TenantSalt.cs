using Granary.Identity;

namespace Granary.Shards;

/// <summary>
/// What a tenant's KV blocks are hashed with, so that a prompt finds, and by its speed betrays, only what its own tenant has cached. Nothing that a caller sends is in it.
/// </summary>
internal static class TenantSalt
{
    /// <param name="service">The installation; its name outlives restarts, as blocks on disk do.</param>
    /// <param name="tenant">The tenant.</param>
    public static string Of(string service, string tenant) => tenant == OwnedKey.LocalTenant ? service : $"{service}/tenant/{tenant}";
}
