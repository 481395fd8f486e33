using System.Net.Http.Headers;
using Granary.Clustering;
using Granary.Gateway.Telemetry.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Telemetry.Otlp;

/// <summary>Sends what <c>/metrics</c> has to <see cref="TelemetryOptions.OtlpEndpoint"/>, again and again, and once more at the end.</summary>
internal sealed partial class OtlpMetricSender : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly MetricRegistry _registry;
    private readonly TelemetryOptions _options;
    private readonly OtlpMetricsJson _json;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Uri? _address; // where they go, if they do
    private readonly HttpClient _http = new() { Timeout = Patience };
    private bool _isFailing;

    public OtlpMetricSender(MetricRegistry registry, IOptions<TelemetryOptions> options, IOptions<SiloSettings> silo, TimeProvider time, ILogger<OtlpMetricSender> logger)
    {
        (_registry, _options, _time, _logger) = (registry, options.Value, time, logger);
        KeyValuePair<string, object?>[] resource =
        [
            new("service.name", "granary"),
            new("service.namespace", silo.Value.ClusterId),
            new("service.instance.id", silo.Value.Name),
            new("cloud.availability_zone", silo.Value.Zone),
        ];
        _address = _options is { OtlpMetrics: true, OtlpEndpoint: { } endpoint } ? OtlpAddress.Metrics(endpoint) : null;
        _json = new OtlpMetricsJson(resource, time.GetUtcNow(), _options.VllmNames);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_address is { } address)
            await SendAsync(address, cancellationToken);
    }

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_address is not { } address)
            return;
        using var timer = new PeriodicTimer(_options.OtlpMetricsInterval, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await SendAsync(address, stoppingToken);
    }

    private async Task SendAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var body = new ByteArrayContent(_registry.Read(families => _json.Write(families, _time.GetUtcNow())));
            body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await _http.PostAsync(address, body, cancellationToken);
            response.EnsureSuccessStatusCode();
            _isFailing = false;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            if (!_isFailing)
                LogNotSent(address, exception.Message); // once, until it works again
            _isFailing = true;
        }
    }

    [LoggerMessage(4502, LogLevel.Warning, "Metrics could not be sent to {Address} and are sent with the next ones: {Reason}")]
    private partial void LogNotSent(Uri address, string reason);
}
