using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Granary.Identity;

namespace Granary.Gateway.Identity.Issuers;

/// <summary>What a provider's token says of its bearer.</summary>
internal static class IssuerCaller
{
    private const int UserChars = 22; // 132 bits

    private static readonly Dictionary<string, CallerRole> Roles = new(StringComparer.Ordinal)
    {
        ["user"] = CallerRole.User,
        ["tenant-admin"] = CallerRole.TenantAdmin,
        ["operator"] = CallerRole.Operator,
    };

    /// <summary>Reads a token that is known to be the provider's.</summary>
    /// <param name="issuer">The provider.</param>
    /// <param name="token">Its claims.</param>
    /// <param name="caller">The bearer.</param>
    /// <param name="problem">Why there is none.</param>
    public static bool TryRead(IssuerOptions issuer, ClaimsPrincipal token, [NotNullWhen(true)] out Caller? caller, [NotNullWhen(false)] out string? problem)
    {
        caller = null;
        var tenant = issuer.Tenant ?? token.FindFirst(issuer.TenantClaim)?.Value;
        problem = tenant is null ? $"The token names no tenant: the claim '{issuer.TenantClaim}' is missing."
            : !TenantId.IsValid(tenant) ? $"The token's claim '{issuer.TenantClaim}' is not what a tenant can be called."
            : token.FindFirst("sub") is null ? "The token names no user: the claim 'sub' is missing."
            : null;
        if (problem is not null)
            return false;

        var named = token.FindAll(issuer.RoleClaim).Select(claim => Roles.GetValueOrDefault(claim.Value)).DefaultIfEmpty().Max();
        var role = named < issuer.HighestRole ? named : issuer.HighestRole;
        caller = new(tenant!, role, RoleScopes.Of(role), User: UserOf(issuer, token.FindFirst("sub")!.Value));
        return true;
    }

    /// <summary>Whether a user can be called so.</summary>
    public static bool IsUser(string text) => text.Length == UserChars && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'); // the beginning of base 64, which by itself need not be any

    // Providers write anything into sub; an owner is part of a grain's key.
    private static string UserOf(IssuerOptions issuer, string subject) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer.Authority}\n{subject}")))[..UserChars];
}
