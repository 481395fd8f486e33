using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Granary.Identity;

namespace Granary.Gateway.Identity.Keys;

/// <summary>API keys as their bearers have them: <c>gr-</c>, the id, a hyphen, and a secret of 256 random bits.</summary>
/// <param name="Id">The public part.</param>
/// <param name="Secret">The other one.</param>
public readonly record struct KeySecret(string Id, string Secret)
{
    /// <summary>What every key begins with.</summary>
    public const string Prefix = "gr-";

    private const int SecretBytes = 32;
    private const int SaltBytes = 16;

    /// <summary>A new one.</summary>
    public static KeySecret New(string tenant) => new(KeyId.New(tenant), Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)));

    /// <summary>Reads a key.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out KeySecret key)
    {
        key = default;
        var secretAt = Prefix.Length + KeyId.Length + 1;
        if (text is null || text.Length <= secretAt || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[secretAt - 1] != '-' || !KeyId.IsValid(text.AsSpan(Prefix.Length, KeyId.Length)))
            return false;
        key = new(text.Substring(Prefix.Length, KeyId.Length), text[secretAt..]);
        return true;
    }

    /// <summary>What is stored of it.</summary>
    public ApiKey ToStored(string tenant, string name, CallerRole role, KeyScopes scopes, DateTimeOffset now, TimeSpan? lifetime)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new() { Id = Id, Tenant = tenant, Name = name, Role = role, Scopes = scopes, Salt = salt, Hash = Hash(salt), CreatedAt = now, ExpiresAt = now + lifetime };
    }

    /// <summary>Whether it is the key that was stored.</summary>
    public bool Matches(ApiKey stored) => CryptographicOperations.FixedTimeEquals(stored.Hash, Hash(stored.Salt));

    /// <inheritdoc/>
    public override string ToString() => $"{Prefix}{Id}-{Secret}";

    // One round: nobody guesses 256 bits however fast he may try, and a slow hash would let strangers burn the gateway's time.
    private byte[] Hash(byte[] salt) => HMACSHA256.HashData(salt, Encoding.UTF8.GetBytes(Secret));
}
