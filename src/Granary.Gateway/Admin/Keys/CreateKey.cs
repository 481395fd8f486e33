using Granary.Identity;

namespace Granary.Gateway.Admin.Keys;

/// <summary>Body of <c>POST /admin/keys</c>.</summary>
internal sealed record CreateKey
{
    /// <summary>Whose it is to be; without it, the caller's tenant.</summary>
    public string? Tenant { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>What its bearer is to be.</summary>
    public CallerRole Role { get; init; }

    /// <summary>What it may be used for, none of which the caller lacks; without it, chat, for a tenant-admin also admin, for an operator all.</summary>
    public string[]? Scopes { get; init; }

    /// <summary>When it ends, from now; without it, when it is revoked.</summary>
    public long? ExpiresInSeconds { get; init; }
}
