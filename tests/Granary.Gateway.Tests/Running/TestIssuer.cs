using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Granary.Gateway.Tests.Running;

/// <summary>An OpenID provider with an RSA key and one on a curve.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    public const string Audience = "granary-test";

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly ECDsa _curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private WebApplication _app = null!;

    public RSA Rsa { get; } = RSA.Create(2048);

    public string Authority => _app.Urls.Single();

    public SigningCredentials WithRsa => new(new RsaSecurityKey(Rsa) { KeyId = "rsa" }, SecurityAlgorithms.RsaSha256);

    public SigningCredentials WithCurve => new(new ECDsaSecurityKey(_curve) { KeyId = "curve" }, SecurityAlgorithms.EcdsaSha256);

    public static async Task<TestIssuer> StartAsync()
    {
        var issuer = new TestIssuer();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = issuer._app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = issuer.Authority, jwks_uri = issuer.Authority + "/jwks" }));
        app.MapGet("/jwks", () => Results.Json(new { keys = issuer.PublicKeys() }));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return issuer;
    }

    /// <summary>A token that ends <paramref name="end"/> from now.</summary>
    public string Token(Dictionary<string, object> claims, SigningCredentials credentials, TimeSpan end, string audience = Audience, string? issuer = null) => _handler.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = issuer ?? Authority,
        Audience = audience,
        IssuedAt = Now(TimeSpan.FromHours(-1)),
        NotBefore = Now(TimeSpan.FromHours(-1)),
        Expires = Now(end),
        Claims = claims,
        SigningCredentials = credentials,
    });

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Rsa.Dispose();
        _curve.Dispose();
    }

    private object[] PublicKeys()
    {
        var (rsa, curve) = (Rsa.ExportParameters(false), _curve.ExportParameters(false));
        return
        [
            new { kty = "RSA", kid = "rsa", use = "sig", n = Base64UrlEncoder.Encode(rsa.Modulus), e = Base64UrlEncoder.Encode(rsa.Exponent) },
            new { kty = "EC", kid = "curve", use = "sig", crv = "P-256", x = Base64UrlEncoder.Encode(curve.Q.X), y = Base64UrlEncoder.Encode(curve.Q.Y) },
        ];
    }

    private static DateTime Now(TimeSpan offset) => (TimeProvider.System.GetUtcNow() + offset).UtcDateTime;
}
