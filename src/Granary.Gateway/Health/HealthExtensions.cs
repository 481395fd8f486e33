using System.Text.Json;
using Granary.Gateway.Identity;
using Granary.Identity;

namespace Granary.Gateway.Health;

/// <summary>Health endpoints, as orchestrators ask them.</summary>
internal static class HealthExtensions
{
    public static IServiceCollection AddGatewayHealth(this IServiceCollection services) => services.AddSingleton<ReadinessCheck>();

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/health/live", () => Results.Json(new { status = "live" })).AllowAnonymous();
        endpoints.MapGet("/health/ready", (HttpContext context, ReadinessCheck check) =>
        {
            var readiness = check.Check();
            if (Caller.Find(context.User)?.May(KeyScopes.Metrics) != true)
                readiness = readiness.ForStrangers();
            context.Response.Headers.CacheControl = "no-store";
            return Results.Json(readiness, JsonSerializerOptions.Web, statusCode: readiness.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        }).AllowAnonymous();
    }
}
