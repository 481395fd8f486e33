using Granary.Errors;
using Granary.Gateway.Limits;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Sockets;

/// <summary><c>GET /hubs/socket</c>: a WebSocket for clients without a library of SignalR's.</summary>
internal static class SocketEndpoint
{
    public static async Task HandleAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            throw new GranaryException(ErrorCode.InvalidRequest, "Open a WebSocket here.");
        var services = context.RequestServices;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        if (context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc is { } end)
            EndAt(ending, end - services.GetRequiredService<TimeProvider>().GetUtcNow());

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var connection = new SocketConnection(
            socket,
            context,
            services.GetRequiredService<SocketCalls>(),
            services.GetRequiredService<RunningSockets>(),
            services.GetRequiredService<RunningPerKey>(),
            services.GetRequiredService<IOptions<GatewayOptions>>().Value);
        await connection.RunAsync(ending.Token);
    }

    // A timer knows some fifty days; what ends later than that ends with the connection.
    private static void EndAt(CancellationTokenSource ending, TimeSpan left)
    {
        if (left < TimeSpan.FromDays(45))
            ending.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }
}
