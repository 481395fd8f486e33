using Granary.Gateway.Identity;
using Granary.Gateway.Telemetry.Metrics;
using Granary.Gateway.Telemetry.Otlp;
using Granary.Gateway.Telemetry.Replies;

namespace Granary.Gateway.Telemetry;

/// <summary>What the silo tells about itself.</summary>
internal static class TelemetryExtensions
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfigurationSection section)
    {
        services.AddOptions<TelemetryOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<MetricRegistry>();
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<ReplyTelemetry>();
        services.AddHostedService<OtlpMetricSender>();
        return services;
    }

    public static void MapTelemetry(this IEndpointRouteBuilder endpoints)
    {
        // Made here rather than by the first scrape: what happens before it counts, too.
        endpoints.ServiceProvider.GetRequiredService<MetricRegistry>();
        endpoints.ServiceProvider.GetRequiredService<GatewayMetrics>();
        endpoints.MapGet("/metrics", (MetricRegistry registry) => Results.Text(registry.Scrape(), PrometheusText.ContentType)).RequireAuthorization(Policies.Metrics);
    }
}
