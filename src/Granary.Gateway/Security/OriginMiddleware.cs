using Granary.Gateway.Errors;

namespace Granary.Gateway.Security;

/// <summary>
/// Refuses requests that pages of other origins make. CORS alone does not: a browser sends WebSocket handshakes and simple POSTs anyway.
/// Callers that are no browsers send no Origin header.
/// </summary>
internal sealed class OriginMiddleware(RequestDelegate next, AllowedOrigins allowed)
{
    public Task InvokeAsync(HttpContext context)
    {
        var origin = context.Request.Headers.Origin.ToString();
        return origin.Length == 0 || IsOwn(origin, context.Request.Host) || allowed.Contains(origin)
            ? next(context)
            : ErrorWriter.WriteAsync(context, new(
                ErrorCode.InvalidRequest,
                $"Pages of this origin may not call the gateway; add it to {GatewayOptions.Section}:{nameof(GatewayOptions.AllowedOrigins)}.",
                Status: StatusCodes.Status403Forbidden));
    }

    // The scheme may differ: TLS often ends at a proxy.
    private static bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(HostString.FromUriComponent(uri).Value, Normalise(uri, host), StringComparison.OrdinalIgnoreCase);

    private static string? Normalise(Uri origin, HostString host) =>
        origin.IsDefaultPort && host.Port == origin.Port ? host.Host : host.Value;
}
