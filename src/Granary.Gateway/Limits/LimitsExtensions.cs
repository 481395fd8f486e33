using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Limits;

/// <summary>Options and the server's limits.</summary>
internal static class LimitsExtensions
{
    public static IServiceCollection AddGatewayLimits(this IServiceCollection services, IConfigurationSection section)
    {
        services.AddOptions<GatewayOptions>()
            .Bind(section)
            .PostConfigure(options => Complete(options, section))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, KestrelLimits>();
        services.AddSingleton<BodyReader>();
        services.AddSingleton<RunningPerKey>();
        services.AddRateLimiter(_ => { });
        services.AddSingleton<IConfigureOptions<RateLimiterOptions>, RequestsPerKey>();
        return services;
    }

    private static void Complete(GatewayOptions options, IConfigurationSection section)
    {
        options.Urls = ListOr(options.Urls, section[nameof(options.Urls)], ["http://127.0.0.1:8080"]);
        options.Http2Urls = ListOr(options.Http2Urls, section[nameof(options.Http2Urls)], []);
        options.AllowedHosts = ListOr(options.AllowedHosts, section[nameof(options.AllowedHosts)], []);
        options.AllowedOrigins = ListOr(options.AllowedOrigins, section[nameof(options.AllowedOrigins)], []);
    }

    private static string[] ListOr(string[] list, string? text, string[] otherwise) => (list, text) switch
    {
        ({ Length: > 0 }, _) => list,
        (_, { Length: > 0 }) => text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        _ => otherwise,
    };
}
