using System.Collections.Frozen;
using Granary.Gateway.Errors;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Security;

/// <summary>
/// Refuses requests under names that are not the gateway's: a page that rebinds its own DNS name to this machine must not reach it.
/// Health probes come under pod addresses and tell nothing secret, so they pass.
/// </summary>
internal sealed class HostMiddleware(RequestDelegate next, IOptions<GatewayOptions> options)
{
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    private readonly FrozenSet<string>? _allowed = Allowed(options.Value);

    public Task InvokeAsync(HttpContext context) =>
        _allowed is null || _allowed.Contains(context.Request.Host.Host) || context.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase)
            ? next(context)
            : ErrorWriter.WriteAsync(context, new(
                ErrorCode.InvalidRequest,
                $"The host name '{context.Request.Host.Host}' is not one of this gateway's; add it to {GatewayOptions.Section}:{nameof(GatewayOptions.AllowedHosts)}.",
                Status: StatusCodes.Status403Forbidden));

    private static FrozenSet<string>? Allowed(GatewayOptions options)
    {
        if (options.AllowedHosts.Contains("*", StringComparer.Ordinal))
            return null;
        var names = options.AllowedHosts.Length > 0
            ? options.AllowedHosts
            : [.. Loopback, .. options.Urls.Concat(options.Http2Urls).Append(options.AdvertisedUrl).OfType<string>().Select(url => BindingAddress.Parse(url).Host)];
        return names.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }
}
