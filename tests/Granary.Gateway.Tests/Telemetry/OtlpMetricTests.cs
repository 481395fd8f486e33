using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Granary.Clustering;
using Granary.Diagnostics;
using Granary.Gateway.Telemetry;
using Granary.Gateway.Telemetry.Metrics;
using Granary.Gateway.Telemetry.Otlp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Tests.Telemetry;

/// <summary>What a collector gets of the metrics, over HTTP.</summary>
public sealed class OtlpMetricTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<(string Path, string Type, JsonElement Body)> _received = Channel.CreateUnbounded<(string, string, JsonElement)>();
    private readonly WebApplication _collector;
    private readonly Meter _meter = new(GranaryTelemetry.Name);
    private HttpStatusCode _answer = HttpStatusCode.OK;

    public OtlpMetricTests()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        _collector = builder.Build();
        _collector.Urls.Add("http://127.0.0.1:0");
        _collector.Run(async context =>
        {
            var body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body);
            context.Response.StatusCode = (int)_answer;
            await _received.Writer.WriteAsync((context.Request.Path, context.Request.ContentType ?? "", body));
        });
    }

    public async ValueTask InitializeAsync() => await _collector.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _meter.Dispose();
        await _collector.DisposeAsync();
    }

    [Fact]
    public async Task Metrics_areSentToTheCollector_withTheSilosName()
    {
        using var registry = Registry();
        var label = new KeyValuePair<string, object?>("model_name", "sent");
        _meter.CreateCounter<long>("granary:otlp_tokens_total", "{token}", "Tokens.").Add(5, label);
        var histogram = _meter.CreateHistogram("otlp.wait", "s", "Waits.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        foreach (var value in new[] { 0.25, 0.5, 8 })
            histogram.Record(value, label, new("http.response.status_code", 200), new("is.late", false), new("share", 0.5), new("nothing", null));
        _meter.CreateObservableGauge("granary:otlp_running", () => 7, description: "Of a test.");
        var before = DateTimeOffset.UtcNow;
        using var sender = Sender(registry, new TelemetryOptions { OtlpEndpoint = _collector.Urls.Single(), OtlpMetricsInterval = TimeSpan.FromSeconds(1) });
        await sender.StartAsync(TestContext.Current.CancellationToken);

        var (path, type, body) = await NextAsync();

        Assert.Equal(("/v1/metrics", "application/json"), (path, type));
        var sent = body.GetProperty("resourceMetrics")[0];
        Assert.Equal(
            ["service.name=granary", "service.namespace=a-cluster", "service.instance.id=a-silo", "cloud.availability_zone=a-zone"],
            Attributes(sent.GetProperty("resource")));
        var tokens = Metric(sent, "granary:otlp_tokens_total").GetProperty("sum");
        Assert.Equal((2, true), (tokens.GetProperty("aggregationTemporality").GetInt32(), tokens.GetProperty("isMonotonic").GetBoolean()));
        var point = tokens.GetProperty("dataPoints")[0];
        Assert.Equal(5, point.GetProperty("asDouble").GetDouble());
        Assert.Equal(["model_name=sent"], Attributes(point));
        Assert.InRange(Time(point, "startTimeUnixNano"), before.AddMilliseconds(-1), Time(point, "timeUnixNano"));
        Assert.Equal(["{token}", "s"], new[] { "granary:otlp_tokens_total", "otlp.wait" }.Select(name => Metric(sent, name).GetProperty("unit").GetString()));
        var waits = Metric(sent, "otlp.wait").GetProperty("histogram").GetProperty("dataPoints")[0];
        Assert.Equal(
            ["{\"stringValue\":\"sent\"}", "{\"intValue\":\"200\"}", "{\"boolValue\":false}", "{\"doubleValue\":0.5}"],
            waits.GetProperty("attributes").EnumerateArray().Select(attribute => attribute.GetProperty("value").GetRawText()));
        Assert.Equal(("3", 8.75), (waits.GetProperty("count").GetString(), waits.GetProperty("sum").GetDouble()));
        Assert.Equal(["2", "0", "1"], waits.GetProperty("bucketCounts").EnumerateArray().Select(count => count.GetString()));
        Assert.Equal([0.5, 1], waits.GetProperty("explicitBounds").EnumerateArray().Select(bound => bound.GetDouble()));
        Assert.Equal(7, Metric(sent, "granary:otlp_running").GetProperty("gauge").GetProperty("dataPoints")[0].GetProperty("asDouble").GetDouble());
        await sender.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Metrics_thatTheCollectorRefused_areSentWithTheNextOnes()
    {
        using var registry = Registry();
        var counter = _meter.CreateCounter<long>("granary:otlp_refused_total", description: "Of a test.");
        counter.Add(1);
        using var sender = Sender(registry, new TelemetryOptions { OtlpEndpoint = _collector.Urls.Single() + "/v1/traces", OtlpMetricsInterval = TimeSpan.FromHours(1) });
        await sender.StartAsync(TestContext.Current.CancellationToken);
        _answer = HttpStatusCode.ServiceUnavailable;

        await sender.StopAsync(CancellationToken.None); // the silo's end is not held up by it
        _answer = HttpStatusCode.OK;
        await NextAsync();
        counter.Add(1);
        await sender.StopAsync(CancellationToken.None);

        var (path, _, body) = await NextAsync();
        Assert.Equal("/v1/metrics", path);
        Assert.Equal(2, Metric(body.GetProperty("resourceMetrics")[0], "granary:otlp_refused_total").GetProperty("sum").GetProperty("dataPoints")[0].GetProperty("asDouble").GetDouble());
    }

    [Fact]
    public async Task Metrics_thatAreTurnedOff_orHaveNoCollector_stayHere()
    {
        using var registry = Registry();
        _meter.CreateCounter<long>("granary:otlp_off_total", description: "Of a test.").Add(1);
        foreach (var options in new[] { new TelemetryOptions { OtlpEndpoint = _collector.Urls.Single(), OtlpMetrics = false }, new TelemetryOptions() })
        {
            using var sender = Sender(registry, options);
            await sender.StartAsync(TestContext.Current.CancellationToken);
            await sender.StopAsync(CancellationToken.None);
        }

        Assert.False(_received.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Metrics_ofVllm_areSentUnderTheirOwnNamesToo()
    {
        using var registry = Registry();
        _meter.CreateCounter<long>("granary:prefix_cache_hits").Add(4);
        using var sender = Sender(registry, new TelemetryOptions { OtlpEndpoint = _collector.Urls.Single(), VllmNames = true });
        await sender.StartAsync(TestContext.Current.CancellationToken);
        await sender.StopAsync(CancellationToken.None);

        var sent = (await NextAsync()).Body.GetProperty("resourceMetrics")[0];
        Assert.All(["granary:prefix_cache_hits", "vllm:prefix_cache_hits_total"], name => Metric(sent, name));
    }

    private static MetricRegistry Registry() => new(Options.Create(new TelemetryOptions()), NullLogger<MetricRegistry>.Instance);

    private static OtlpMetricSender Sender(MetricRegistry registry, TelemetryOptions options) => new(
        registry, Options.Create(options), Options.Create(new SiloSettings { Name = "a-silo", Zone = "a-zone", ClusterId = "a-cluster" }), TimeProvider.System, NullLogger<OtlpMetricSender>.Instance);

    private async Task<(string Path, string Type, JsonElement Body)> NextAsync() => await _received.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience);

    private static JsonElement Metric(JsonElement sent, string name) =>
        Assert.Single(sent.GetProperty("scopeMetrics")[0].GetProperty("metrics").EnumerateArray(), metric => metric.GetProperty("name").GetString() == name);

    private static string[] Attributes(JsonElement owner) =>
        [.. owner.GetProperty("attributes").EnumerateArray().Select(attribute => $"{attribute.GetProperty("key").GetString()}={attribute.GetProperty("value").GetProperty("stringValue").GetString()}")];

    private static DateTimeOffset Time(JsonElement point, string name) =>
        DateTimeOffset.UnixEpoch.AddTicks(long.Parse(point.GetProperty(name).GetString()!, CultureInfo.InvariantCulture) / TimeSpan.NanosecondsPerTick);
}
