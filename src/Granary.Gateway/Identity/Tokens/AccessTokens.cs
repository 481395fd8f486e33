using Granary.Identity;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Orleans.Configuration;

namespace Granary.Gateway.Identity.Tokens;

/// <summary>
/// The gateway's own tokens: short-lived stand-ins for an API key (RFC 9068's form). One says whose it is by the key's id alone; what the key may is looked up, so that
/// a token ends with its key and never may more.
/// </summary>
internal sealed class AccessTokens(SigningKey signing, IOptions<IdentityOptions> options, IOptions<ClusterOptions> cluster, TimeProvider time)
{
    private const string TokenType = "at+jwt";

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(10); // between gateways

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>Who issues them, and whom they are for.</summary>
    public string Issuer { get; } = $"granary:{cluster.Value.ServiceId}";

    /// <summary>A token for what a key may.</summary>
    /// <param name="key">An active key.</param>
    /// <param name="scopes">Some of its scopes.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The token, and how long it is good.</returns>
    public async Task<(string Token, TimeSpan Lifetime)> CreateAsync(ApiKey key, KeyScopes scopes, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var end = now + options.Value.TokenLifetime;
        if (key.ExpiresAt < end)
            end = key.ExpiresAt.Value;
        var token = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Issuer,
            TokenType = TokenType,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = end.UtcDateTime,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                [JwtRegisteredClaimNames.Sub] = key.Id,
                ["client_id"] = key.Id,
                ["scope"] = string.Join(' ', ScopeNames.Of(scopes)),
                [JwtRegisteredClaimNames.Jti] = Guid.NewGuid().ToString("N"),
            },
            SigningCredentials = new(await signing.GetAsync(cancellationToken), SecurityAlgorithms.HmacSha256),
        });
        return (token, end - now);
    }

    /// <summary>What a token must be.</summary>
    public TokenValidationParameters Validation() => new()
    {
        ValidIssuer = Issuer,
        ValidAudience = Issuer,
        ValidTypes = [TokenType],
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        IssuerSigningKeyResolver = (_, _, _, _) => signing.Known is { } key ? [key] : [],
        ClockSkew = ClockSkew,
        RequireExpirationTime = true,
        RequireSignedTokens = true,
    };
}
