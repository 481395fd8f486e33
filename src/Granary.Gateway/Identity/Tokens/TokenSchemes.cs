using Granary.Errors;
using Granary.Gateway.Identity.Issuers;
using Granary.Gateway.Identity.Keys;
using Granary.Serving;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Granary.Gateway.Identity.Tokens;

/// <summary>Sets ASP.NET's bearer handlers up: one for the gateway's own tokens, one for each provider.</summary>
internal sealed class TokenSchemes(IOptions<IdentityOptions> options, AccessTokens tokens, SigningKey signing, KeyCache keys, RunningCallers running, TimeProvider time)
    : IConfigureNamedOptions<JwtBearerOptions>
{
    private static readonly TimeSpan KeyRefresh = TimeSpan.FromSeconds(30);

    // No symmetric ones: a provider's public key must never be taken for a secret.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public void Configure(JwtBearerOptions options) => throw new NotSupportedException("All schemes have names.");

    public void Configure(string? name, JwtBearerOptions bearer)
    {
        bearer.MapInboundClaims = false;
        bearer.TimeProvider = time;
        bearer.Events = new JwtBearerEvents { OnMessageReceived = ReceiveAsync, OnAuthenticationFailed = FailAsync };
        if (name == Schemes.Token)
        {
            bearer.TokenValidationParameters = tokens.Validation();
            bearer.Events.OnTokenValidated = AcceptOwnAsync;
        }
        else if (Schemes.IssuerOf(name!) is { } index)
        {
            ConfigureIssuer(bearer, options.Value.Issuers[index]);
        }
    }

    private static void ConfigureIssuer(JwtBearerOptions bearer, IssuerOptions issuer)
    {
        bearer.Authority = issuer.Authority;
        bearer.Audience = issuer.Audience;
        bearer.RequireHttpsMetadata = !new Uri(issuer.Authority).IsLoopback;
        bearer.RefreshInterval = KeyRefresh;
        bearer.TokenValidationParameters = new() { ValidAlgorithms = Algorithms, ClockSkew = issuer.ClockSkew, RequireExpirationTime = true, RequireSignedTokens = true };
        bearer.Events.OnTokenValidated = context =>
        {
            if (IssuerCaller.TryRead(issuer, context.Principal!, out var caller, out var problem))
                context.Principal = CallerIdentity.Principal(caller);
            else
                context.Fail(problem);
            return Task.CompletedTask;
        };
    }

    private async Task ReceiveAsync(MessageReceivedContext context)
    {
        context.Token = Bearer.Of(context.Request);
        if (context.Scheme.Name == Schemes.Token)
            await signing.GetAsync(context.HttpContext.RequestAborted);
    }

    private async Task AcceptOwnAsync(TokenValidatedContext context)
    {
        var id = context.Principal!.FindFirst("sub")?.Value ?? "";
        var key = await keys.FindAsync(id, context.HttpContext.RequestAborted);
        if (key?.IsActive(time.GetUtcNow()) != true || !await running.TryAddAsync(context.HttpContext, key.Id))
        {
            context.Fail("The API key behind this token has ended.");
            return;
        }

        var scopes = ScopeNames.Parse(context.Principal.FindFirst("scope")!.Value.Split(' '));
        context.Principal = CallerIdentity.Principal(Caller.Of(key) with { Scopes = key.Scopes & scopes });
    }

    private static Task FailAsync(AuthenticationFailedContext context)
    {
        switch (context.Exception)
        {
            case SecurityTokenExpiredException:
                context.Fail("This token has expired.");
                return Task.CompletedTask;
            case SecurityTokenException or ArgumentException:
                context.Fail("This token is not valid here.");
                return Task.CompletedTask;
            case InvalidOperationException: // what the library throws where a provider cannot be asked
                throw new GranaryException(ErrorCode.Unavailable, "The token's issuer could not be asked for its keys. Try again.", innerException: context.Exception);
            default:
                throw GrainErrors.Translate(context.Exception);
        }
    }
}
