using Granary.Gateway.Chat;
using Granary.Gateway.Completions;
using Granary.Gateway.Health;
using Granary.Gateway.Identity;
using Granary.Gateway.Limits;
using Granary.Gateway.Security;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Granary.Gateway;

/// <summary>Registers the gateway.</summary>
public static class GatewayServiceCollectionExtensions
{
    /// <summary>Adds the gateway's services; the grain factory comes from the silo in the same process.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The root, whose section <see cref="GatewayOptions.Section"/> is read.</param>
    public static IServiceCollection AddGranaryGateway(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IOwnerResolver, LocalOwnerResolver>();
        return services
            .AddGatewayLimits(configuration.GetSection(GatewayOptions.Section))
            .AddGatewaySecurity()
            .AddCompletions()
            .AddChat()
            .AddGatewayHealth();
    }
}
