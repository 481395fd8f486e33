using Granary.Gateway.Cluster;

namespace Granary.Gateway.Security;

/// <summary>Headers that keep a browser from doing more than the pages need.</summary>
internal sealed class SecurityHeadersMiddleware(RequestDelegate next, ClusterGateways gateways)
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
        "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; connect-src 'self'";

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(static state =>
        {
            var (response, gateways) = ((HttpResponse, ClusterGateways))state;
            var headers = response.Headers;
            headers.ContentSecurityPolicy = Policy + Others(response, gateways);
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
            return Task.CompletedTask;
        }, (context.Response, gateways));
        return next(context);
    }

    // A page goes on at another gateway when its own is gone; by then it cannot ask any more where it may go.
    private static string Others(HttpResponse response, ClusterGateways gateways) =>
        response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) == true
            ? string.Concat(gateways.FindLive().Select(origin => $" {origin} ws{origin["http".Length..]}"))
            : "";
}
