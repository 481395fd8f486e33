using System.Net;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Identity.Anonymous;

/// <summary>The one rule about callers without credentials: they are on this machine, and did not come through a proxy.</summary>
internal sealed class AnonymousHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> schemes, ILoggerFactory loggers, UrlEncoder encoder, IOptions<IdentityOptions> options)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemes, loggers, encoder)
{
    private static readonly AuthenticationTicket Local = new(CallerIdentity.Principal(Caller.Local), Schemes.Anonymous);

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (options.Value.Anonymous == "loopback" && IsLocal(Context))
            return Task.FromResult(AuthenticateResult.Success(Local));
        return Task.FromResult(Bearer.Of(Request) is null ? AuthenticateResult.NoResult() : AuthenticateResult.Fail("Incorrect API key provided: keys begin with gr-."));
    }

    private static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !context.Request.Headers.ContainsKey("Forwarded") && !context.Request.Headers.Keys.Any(name => name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase));
}
