namespace Granary.Gateway.Identity;

/// <summary>The text behind <c>Authorization: Bearer</c>. Browsers cannot set headers of WebSockets, so hub clients send it as the query's <c>access_token</c>.</summary>
internal static class Bearer
{
    private const string Prefix = "Bearer ";

    /// <summary>The text; <see langword="null"/> where there is none.</summary>
    public static string? Of(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return header[Prefix.Length..].Trim();
        return request.Path.StartsWithSegments("/hubs", StringComparison.OrdinalIgnoreCase) && request.Query["access_token"] is [{ Length: > 0 } token] ? token : null;
    }
}
