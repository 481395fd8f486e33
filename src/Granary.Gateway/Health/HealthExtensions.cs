namespace Granary.Gateway.Health;

/// <summary>Health endpoints.</summary>
internal static class HealthExtensions
{
    public static IServiceCollection AddGatewayHealth(this IServiceCollection services) => services;

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/health/live", () => Results.Json(new { status = "live" }));
        endpoints.MapGet("/health/ready", () => Results.Json(new { status = "ready" }));
    }
}
