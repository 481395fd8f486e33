using Granary.Gateway.Identity;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Chat;

/// <summary>Conversations over SignalR.</summary>
internal static class ChatExtensions
{
    // Clients that wait for three of them notice within seconds that a gateway hangs, and go to another one.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(2);

    public static IServiceCollection AddChat(this IServiceCollection services)
    {
        services.AddSingleton<ChatErrors>();
        services.AddSingleton<HubLimits>();
        services.AddSingleton<Conversations>();
        // It logs every refusal as an error, with its stack; what is the server's fault ChatErrors logs.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher", LogLevel.None));
        services.AddSignalR(hub =>
            {
                hub.AddFilter<ChatErrors>();
                hub.AddFilter<HubLimits>(); // behind the one that tells of refusals
            })
            .AddJsonProtocol(json => ChatJson.Configure(json.PayloadSerializerOptions));
        services.AddOptions<HubOptions>().Configure<IOptions<GatewayOptions>>((hub, gateway) =>
        {
            hub.MaximumReceiveMessageSize = gateway.Value.HubMessageBytes;
            hub.MaximumParallelInvocationsPerClient = 16; // calls alone; streams are HubLimits' business
            hub.KeepAliveInterval = KeepAlive;
            // Everything but the framework's own refusals (a wrong number of arguments, an oversized message) has passed ChatErrors.
            hub.EnableDetailedErrors = true;
        });
        return services;
    }

    public static void MapChat(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapHub<ChatHub>("/hubs/chat", transport => transport.CloseOnAuthenticationExpiration = true).RequireAuthorization(Policies.Chat);
}
