using Granary.Gateway.Admin;
using Granary.Gateway.Chat;
using Granary.Gateway.Cluster;
using Granary.Gateway.Completions;
using Granary.Gateway.Compression;
using Granary.Gateway.Draining;
using Granary.Gateway.Following;
using Granary.Gateway.Health;
using Granary.Gateway.Idempotency;
using Granary.Gateway.Identity;
using Granary.Gateway.Limits;
using Granary.Gateway.OpenAi;
using Granary.Gateway.OpenApi;
using Granary.Gateway.Security;
using Granary.Gateway.Sockets;
using Granary.Gateway.Telemetry;
using Granary.Gateway.Webhooks;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Granary.Gateway;

/// <summary>Registers the gateway.</summary>
public static class GatewayServiceCollectionExtensions
{
    /// <summary>Adds the gateway's services; the grain factory comes from the silo in the same process.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The root, whose sections <see cref="GatewayOptions.Section"/>, <see cref="IdentityOptions.Section"/> and <see cref="TelemetryOptions.Section"/> are read.</param>
    public static IServiceCollection AddGranaryGateway(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddGatewayLimits(configuration.GetSection(GatewayOptions.Section))
            .AddCompression()
            .AddGatewaySecurity()
            .AddIdentity(configuration.GetSection(IdentityOptions.Section))
            .AddCluster()
            .AddFollowing()
            .AddCompletions()
            .AddIdempotency()
            .AddOpenAi()
            .AddOpenApiDocument()
            .AddChat()
            .AddSockets()
            .AddAdmin()
            .AddWebhooks()
            .AddDraining()
            .AddGatewayHealth()
            .AddTelemetry(configuration.GetSection(TelemetryOptions.Section));
    }
}
