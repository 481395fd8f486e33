using Granary.Gateway.Identity;

namespace Granary.Gateway.Sockets;

/// <summary>Conversations and completions over a plain WebSocket.</summary>
internal static class SocketExtensions
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static IServiceCollection AddSockets(this IServiceCollection services) => services.AddSingleton<SocketCalls>();

    public static void MapSockets(this IEndpointRouteBuilder endpoints)
    {
        var pipeline = endpoints.CreateApplicationBuilder();
        pipeline.UseWebSockets(new WebSocketOptions { KeepAliveInterval = KeepAlive, KeepAliveTimeout = Patience });
        pipeline.Run(SocketEndpoint.HandleAsync);
        endpoints.MapGet("/hubs/socket", pipeline.Build()).RequireAuthorization(Policies.Chat);
    }
}
