using System.Text.Json;
using Granary.Errors;
using Granary.Gateway.Identity.Keys;
using Granary.Identity;
using Microsoft.AspNetCore.Http.Features;

namespace Granary.Gateway.Identity.Tokens;

/// <summary><c>POST /oauth/token</c>: OAuth 2.0 client credentials (RFC 6749, section 4.4) for an API key.</summary>
internal static class TokenEndpoint
{
    private const int MaxBytes = 16 << 10;

    private static readonly FormOptions Limits = new() { ValueCountLimit = 16, KeyLengthLimit = 64, ValueLengthLimit = 4 << 10, BufferBodyLengthLimit = MaxBytes };
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static async Task<IResult> HandleAsync(HttpContext context, KeyCache keys, AccessTokens tokens, TimeProvider time)
    {
        context.Response.Headers.CacheControl = "no-store";
        var (request, cancellationToken) = (context.Request, context.RequestAborted);
        if (!request.HasFormContentType || request.ContentLength is null or > MaxBytes)
            return Refuse("invalid_request", "Send a form (application/x-www-form-urlencoded).");
        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(Limits, cancellationToken);
        }
        catch (InvalidDataException)
        {
            return Refuse("invalid_request", "The form is too large.");
        }

        if (form["grant_type"] != "client_credentials")
            return Refuse("unsupported_grant_type", "There is client_credentials alone.");
        var key = ClientCredentials.TryRead(request, form, out var secret) ? await keys.FindAsync(secret.Id, cancellationToken) : null;
        if (key is null || !secret.Matches(key) || !key.IsActive(time.GetUtcNow()))
        {
            if (request.Headers.Authorization.Count > 0)
                context.Response.Headers.WWWAuthenticate = "Basic";
            return Refuse("invalid_client", "client_id and client_secret are an API key's id and secret; these open nothing.", StatusCodes.Status401Unauthorized);
        }

        if (!TryReadScopes(form["scope"].ToString(), key, out var scopes))
            return Refuse("invalid_scope", $"This key may have: {string.Join(' ', ScopeNames.Of(key.Scopes))}.");
        var (token, lifetime) = await tokens.CreateAsync(key, scopes, cancellationToken);
        return Results.Json(new TokenAnswer(token, "Bearer", (long)lifetime.TotalSeconds, string.Join(' ', ScopeNames.Of(scopes))), Json);
    }

    private static bool TryReadScopes(string text, ApiKey key, out KeyScopes scopes)
    {
        scopes = key.Scopes;
        if (text.Length == 0)
            return true;
        try
        {
            scopes = ScopeNames.Parse(text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            return key.Scopes.HasFlag(scopes);
        }
        catch (GranaryException)
        {
            return false;
        }
    }

    private static IResult Refuse(string error, string description, int status = StatusCodes.Status400BadRequest) =>
        Results.Json(new TokenRefusal(error, description), Json, statusCode: status);
}
