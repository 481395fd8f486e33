using System.Security.Claims;
using Granary.Identity;

namespace Granary.Gateway.Identity;

/// <summary>Who calls.</summary>
/// <param name="Tenant">Whose data it is about.</param>
/// <param name="Role">What the caller is.</param>
/// <param name="Scopes">What the credentials may be used for.</param>
/// <param name="KeyId">The API key behind them, if there is one.</param>
/// <param name="User">A user of the tenant who keeps conversations of his own; without one they are the tenant's.</param>
internal sealed record Caller(string Tenant, CallerRole Role, KeyScopes Scopes, string? KeyId = null, string? User = null)
{
    /// <summary>Somebody on the gateway's own machine, where that needs no key.</summary>
    public static Caller Local { get; } = new(OwnedKey.LocalTenant, CallerRole.Operator, KeyScopes.All);

    /// <summary>Whose conversations and completions the caller sees: the first part of their <see cref="OwnedKey"/>.</summary>
    public string Owner => OwnedKey.OwnerOf(Tenant, User);

    /// <summary>For the log: who did something.</summary>
    public string Name => KeyId ?? User ?? "loopback";

    /// <summary>The bearer of a key.</summary>
    public static Caller Of(ApiKey key) => new(key.Tenant, key.Role, key.Scopes, key.Id);

    /// <summary>The authenticated caller.</summary>
    /// <exception cref="InvalidOperationException">Nobody has been authenticated; the endpoint lacks a policy.</exception>
    public static Caller Of(ClaimsPrincipal? principal) =>
        Find(principal) ?? throw new InvalidOperationException("The caller is not authenticated.");

    /// <summary>The authenticated caller, if there is one.</summary>
    public static Caller? Find(ClaimsPrincipal? principal) => (principal?.Identity as CallerIdentity)?.Caller;

    /// <summary>Whether the caller may.</summary>
    /// <param name="scope">The scope that it takes.</param>
    /// <param name="role">The least role that it takes.</param>
    public bool May(KeyScopes scope, CallerRole role = CallerRole.User) => Scopes.HasFlag(scope) && Role >= role;
}
