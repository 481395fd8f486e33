using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Chat;

/// <summary>Conversations over SignalR.</summary>
internal static class ChatExtensions
{
    public static IServiceCollection AddChat(this IServiceCollection services)
    {
        services.AddSingleton<ChatErrors>();
        // It logs every refusal as an error, with its stack; what is the server's fault ChatErrors logs.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher", LogLevel.None));
        services.AddSignalR(hub => hub.AddFilter<ChatErrors>())
            .AddJsonProtocol(json =>
            {
                var serializer = json.PayloadSerializerOptions;
                serializer.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
                serializer.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
                serializer.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
            });
        services.AddOptions<HubOptions>().Configure<IOptions<GatewayOptions>>((hub, gateway) =>
        {
            hub.MaximumReceiveMessageSize = gateway.Value.MaxHubMessageBytes;
            hub.MaximumParallelInvocationsPerClient = 4; // Stop must pass while Send streams
            // Everything but the framework's own refusals (a wrong number of arguments, an oversized message) has passed ChatErrors.
            hub.EnableDetailedErrors = true;
        });
        return services;
    }

    public static void MapChat(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapHub<ChatHub>("/hubs/chat", transport => transport.CloseOnAuthenticationExpiration = true);
}
