using Granary.Gateway.Identity;
using Granary.Gateway.Identity.Keys;
using Granary.Identity;

namespace Granary.Gateway.Admin.Keys;

/// <summary>An API key, as its tenant's administrators see it.</summary>
internal sealed record KeyObject(
    string Id, string Tenant, string Name, CallerRole Role, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, string? ReplacedBy)
{
    /// <summary>The whole key; in the answer that made it, and never again.</summary>
    public string? Key { get; init; }

    public static KeyObject From(ApiKey key, KeySecret? secret = null) =>
        new(key.Id, key.Tenant, key.Name, key.Role, ScopeNames.Of(key.Scopes), key.CreatedAt, key.ExpiresAt, key.RevokedAt, key.ReplacedBy) { Key = secret?.ToString() };
}
