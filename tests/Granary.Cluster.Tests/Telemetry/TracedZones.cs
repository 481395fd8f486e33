using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Granary.Cluster.Tests.Telemetry;

/// <summary>Two silos in two zones that send their spans to a collector in this process.</summary>
public sealed class TracedZones : RunningCluster
{
    private readonly WebApplication _collector;

    public TracedZones()
        : base("up", "--zones", "2")
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        _collector = builder.Build();
        _collector.Urls.Add("http://127.0.0.1:0");
        _collector.Run(TakeAsync);
    }

    /// <summary>What silos sent: protobuf, in which texts are bytes as they are.</summary>
    public ConcurrentQueue<string> Sent { get; } = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _collector.DisposeAsync();
    }

    protected override async Task PrepareAsync()
    {
        await _collector.StartAsync();
        Cli.Environment["Granary__Telemetry__OtlpEndpoint"] = _collector.Urls.Single();
        Cli.Environment["Granary__Telemetry__OtlpMetrics"] = "false";
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Sent.Enqueue(Encoding.Latin1.GetString(body.ToArray()));
    }
}
