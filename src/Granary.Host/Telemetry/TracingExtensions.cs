using Granary.Clustering;
using Granary.Diagnostics;
using Granary.Gateway.Telemetry;
using Granary.Gateway.Telemetry.Otlp;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Granary.Host.Telemetry;

/// <summary>Traces, sent to a collector by OTLP over HTTP.</summary>
internal static class TracingExtensions
{
    /// <summary>Sends the process's spans to <see cref="TelemetryOptions.OtlpEndpoint"/>; without one nothing is traced.</summary>
    public static IServiceCollection AddTracing(this IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>() ?? new TelemetryOptions();
        if (options.OtlpEndpoint is not { } endpoint)
        {
            return services;
        }

        var silo = configuration.GetSection(SiloSettings.SectionName).Get<SiloSettings>() ?? new SiloSettings();
        services.AddSingleton(_ => Sdk.CreateTracerProviderBuilder()
            .AddSource(GranaryTelemetry.Name)
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.TraceSampling)))
            .SetResourceBuilder(ResourceBuilder.CreateEmpty()
                .AddService("granary", serviceNamespace: silo.ClusterId, serviceInstanceId: silo.Name)
                .AddAttributes([new("cloud.availability_zone", silo.Zone)])
                .AddTelemetrySdk())
            .AddOtlpExporter(otlp =>
            {
                otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
                otlp.Endpoint = OtlpAddress.Traces(endpoint);
            })
            .Build());
        return services.AddHostedService<TracingService>();
    }
}
