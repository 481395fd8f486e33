using System.Net.WebSockets;
using Granary.Errors;
using Granary.Gateway.Draining;
using Granary.Gateway.Limits;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Sockets;

/// <summary><c>GET /hubs/socket</c>: a WebSocket for clients without a library of SignalR's.</summary>
internal static class SocketEndpoint
{
    // A timer knows some fifty days; what ends later than that ends with the connection.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(45);

    public static async Task HandleAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            throw new GranaryException(ErrorCode.InvalidRequest, "Open a WebSocket here.");
        var services = context.RequestServices;
        var time = services.GetRequiredService<TimeProvider>();
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var connection = new SocketConnection(
            socket,
            context,
            services.GetRequiredService<SocketCalls>(),
            services.GetRequiredService<OpenConnections>(),
            services.GetRequiredService<RunningPerKey>(),
            services.GetRequiredService<IOptions<GatewayOptions>>().Value,
            time);
        using var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.UnsafeRegister(
            _ => connection.Close(WebSocketCloseStatus.EndpointUnavailable, "This gateway stops. Connect to another one."), null);
        using var expiry = time.CreateTimer(
            _ => connection.Close(WebSocketCloseStatus.PolicyViolation, "The credentials have expired."), null, UntilExpiry(context, time), Timeout.InfiniteTimeSpan);
        await connection.RunAsync(context.RequestAborted);
    }

    private static TimeSpan UntilExpiry(HttpContext context, TimeProvider time)
    {
        if (context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc is not { } end)
            return Timeout.InfiniteTimeSpan;
        var left = end - time.GetUtcNow();
        return left > LongestTimer ? Timeout.InfiniteTimeSpan : left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
