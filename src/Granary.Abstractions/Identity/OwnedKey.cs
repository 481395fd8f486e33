namespace Granary.Identity;

/// <summary>
/// Keys of grains that belong to somebody: the owner, a slash, an id. Whoever asks for an id asks for one of his own; another's grain has a key that he cannot write,
/// so there is no check that could be forgotten, and nothing to tell another's from what does not exist.
/// </summary>
/// <remarks>An owner is a tenant, or a tenant, a slash and a user of that tenant. What <see cref="LocalTenant"/> owns has the bare id as its key.</remarks>
public static class OwnedKey
{
    /// <summary>The tenant of callers that need no key, on the machine of a gateway.</summary>
    public const string LocalTenant = "local";

    private const char Separator = '/';

    /// <summary>The key of an owner's grain.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="id">An id without slashes.</param>
    public static string Of(string owner, string id) => owner == LocalTenant ? id : $"{owner}{Separator}{id}";

    /// <summary>An owner.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="user">A user of it; <see langword="null"/>: the tenant itself.</param>
    public static string OwnerOf(string tenant, string? user) => user is null ? tenant : $"{tenant}{Separator}{user}";

    /// <summary>The id in a key.</summary>
    public static string IdOf(string key) => key[(key.LastIndexOf(Separator) + 1)..];

    /// <summary>What all users of a tenant have together, for its administrators: nobody can be called so, and nobody calls as this.</summary>
    public static string UsersOf(string tenant) => OwnerOf(tenant, "*");

    /// <summary>The user of an owner; <see langword="null"/> where the tenant itself owns.</summary>
    public static string? UserOfOwner(string owner) => owner.IndexOf(Separator) is > 0 and var end ? owner[(end + 1)..] : null;

    /// <summary>The tenant of an owner.</summary>
    public static string TenantOfOwner(string owner) => owner.IndexOf(Separator) is > 0 and var end ? owner[..end] : owner;

    /// <summary>The tenant in a key.</summary>
    public static string TenantOf(string key) => key.IndexOf(Separator) is > 0 and var end ? key[..end] : LocalTenant;
}
