using Granary.Gateway.Errors;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Granary.Gateway.Identity;

/// <summary>Refuses with the gateway's error bodies: 401 who is not known, 403 who may not.</summary>
internal sealed class RefusalWriter : IAuthorizationMiddlewareResultHandler
{
    private const string NoKey = "You did not provide an API key. Send one as Authorization: Bearer, or ask from the gateway's own machine where that needs none.";

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
            return next(context);
        return authorizeResult.Challenged
            ? ChallengeAsync(context)
            : ErrorWriter.WriteAsync(context, new(ErrorCode.PermissionDenied, "Your credentials are good, but not for this: they lack the scope or the role."));
    }

    private static async Task ChallengeAsync(HttpContext context)
    {
        var failure = context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Failure;
        context.Response.OnStarting(() =>
        {
            context.Response.Headers.WWWAuthenticate = failure is null ? "Bearer" : "Bearer error=\"invalid_token\"";
            return Task.CompletedTask;
        });
        await ErrorWriter.WriteAsync(context, new(ErrorCode.InvalidApiKey, failure?.Message ?? NoKey));
    }
}
