using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using Granary.Diagnostics;
using Granary.Host.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Host.Tests.Telemetry;

/// <summary>What a collector gets, over HTTP.</summary>
public sealed class TracingTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<(string Path, string Type, string Body)> _received = Channel.CreateUnbounded<(string, string, string)>();
    private readonly WebApplication _collector;

    public TracingTests()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        _collector = builder.Build();
        _collector.Urls.Add("http://127.0.0.1:0");
        _collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            await _received.Writer.WriteAsync((context.Request.Path, context.Request.ContentType ?? "", Encoding.Latin1.GetString(body.ToArray())));
        });
    }

    public async ValueTask InitializeAsync() => await _collector.StartAsync();

    public ValueTask DisposeAsync() => _collector.DisposeAsync();

    [Fact]
    public async Task Span_isSentToTheCollector_withTheSilosName()
    {
        using var host = await StartAsync(sampling: 1);
        using (var span = GranaryTelemetry.Activities.StartActivity("chat", ActivityKind.Server))
        {
            span!.SetTag("gen_ai.request.model", "a-model");
        }

        await host.StopAsync();

        var (path, type, body) = await _received.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience);
        Assert.Equal(("/v1/traces", "application/x-protobuf"), (path, type));
        Assert.All(["chat", "gen_ai.request.model", "a-model", "service.instance.id", "test-silo", "cloud.availability_zone", "test-zone"], text => Assert.Contains(text, body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Span_ofATraceThatIsNotKept_isNotMade_unlessTheCallerKeepsIt()
    {
        using var host = await StartAsync(sampling: 0);

        using var dropped = GranaryTelemetry.Activities.StartActivity("chat", ActivityKind.Server);
        Assert.NotEqual(true, dropped?.Recorded);
        using var kept = GranaryTelemetry.StartSpan("turn", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        Assert.True(kept!.Recorded);
        await host.StopAsync();
    }

    private async Task<IHost> StartAsync(double sampling)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Granary:Silo:Name"] = "test-silo",
            ["Granary:Silo:Zone"] = "test-zone",
            ["Granary:Telemetry:OtlpEndpoint"] = _collector.Urls.Single(),
            ["Granary:Telemetry:TraceSampling"] = $"{sampling}",
        });
        builder.Services.AddTracing(builder.Configuration);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
