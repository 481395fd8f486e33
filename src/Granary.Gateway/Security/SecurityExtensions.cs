using Granary.Gateway.Errors;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Granary.Gateway.Security;

/// <summary>Who may call from where.</summary>
internal static class SecurityExtensions
{
    public static IServiceCollection AddGatewaySecurity(this IServiceCollection services)
    {
        services.AddSingleton<AllowedOrigins>();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<AllowedOrigins>((cors, allowed) =>
            cors.AddDefaultPolicy(policy => policy
                .SetIsOriginAllowed(allowed.Contains)
                .AllowAnyHeader()
                .AllowAnyMethod()
                .AllowCredentials()
                .WithExposedHeaders([RequestId.Header, "retry-after", "x-should-retry", "idempotent-replayed", "x-granary-cache", .. RateLimitHeaders.All])));
        return services;
    }
}
