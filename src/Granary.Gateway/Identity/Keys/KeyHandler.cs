using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Identity.Keys;

/// <summary>Authenticates by an API key.</summary>
internal sealed class KeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> schemes, ILoggerFactory loggers, UrlEncoder encoder, KeyCache keys, RunningCallers running, TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemes, loggers, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!KeySecret.TryParse(Bearer.Of(Request), out var secret))
            return AuthenticateResult.Fail("Incorrect API key provided: it is not complete.");
        var key = await keys.FindAsync(secret.Id, Context.RequestAborted);
        if (key is null || !secret.Matches(key))
            return AuthenticateResult.Fail("Incorrect API key provided.");
        if (!key.IsActive(time.GetUtcNow()))
            return AuthenticateResult.Fail(key.RevokedAt is null ? "This API key has expired." : "This API key was revoked.");

        if (!await running.TryAddAsync(Context, key.Id))
            return AuthenticateResult.Fail("This API key has ended.");

        return AuthenticateResult.Success(new(CallerIdentity.Principal(Caller.Of(key)), new AuthenticationProperties { ExpiresUtc = key.ExpiresAt }, Scheme.Name));
    }
}
