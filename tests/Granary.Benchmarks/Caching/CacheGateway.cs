using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Benchmarks.Nothing;
using Granary.Gateway;
using Granary.Shards;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Benchmarks.Caching;

/// <summary>A silo with its gateway and a null engine, whose time for each request is measured from its headers to the first byte of the answer, which is then complete; beside it a bare endpoint that sends the same bytes.</summary>
internal sealed class CacheGateway : IAsyncDisposable
{
    private const string Model = "null";
    private const int TokensPerStep = 8;

    private readonly WebApplication _app;
    private readonly HttpClient _client;
    private double _lastMicroseconds;

    private CacheGateway(WebApplication app)
    {
        _app = app;
        app.Use(MeasureAsync);
        app.MapGranaryGateway();
        _client = new HttpClient();
    }

    /// <summary>What the floor sends.</summary>
    public byte[] Floor { get; set; } = [];

    /// <param name="maxBytes">Memory for answers.</param>
    /// <param name="redis">What all silos share, if anything.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<CacheGateway> StartAsync(long maxBytes, string? redis, CancellationToken cancellationToken)
    {
        var builder = BenchGateway.CreateBuilder(
            [Model],
            [
                new("Granary:ResponseCache:Enabled", "true"),
                new("Granary:ResponseCache:MaxBytes", $"{maxBytes}"),
                new("Granary:ResponseCache:Redis", redis),
            ]);
        builder.Services.AddSingleton<ILocalModelLoader>(new NullModelLoader(manifest => new NullEngine(manifest, TokensPerStep)));
        var gateway = new CacheGateway(builder.Build());
        gateway._client.BaseAddress = await BenchGateway.StartAsync(gateway._app, [Model], cancellationToken);
        return gateway;
    }

    /// <summary>Asks greedily, and reads the answer.</summary>
    /// <returns>Whether it was at hand, and how long the server took, in microseconds.</returns>
    public async Task<(bool IsHit, double Microseconds, byte[] Body)> AskAsync(int prompt, CancellationToken cancellationToken)
    {
        using var response = await _client.PostAsJsonAsync(
            "v1/chat/completions", new { model = Model, temperature = 0, messages = new[] { new { role = "user", content = $"question number {prompt} of those that people ask" } } }, cancellationToken);
        response.EnsureSuccessStatusCode();
        return (response.Headers.Contains("x-granary-cache"), Volatile.Read(ref _lastMicroseconds), await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    /// <summary>The same bytes from an endpoint that does nothing but read the request and send them.</summary>
    public async Task<double> AskFloorAsync(CancellationToken cancellationToken)
    {
        using var response = await _client.PostAsJsonAsync("floor", new { model = Model, temperature = 0, messages = new[] { new { role = "user", content = "question number 1 of those that people ask" } } }, cancellationToken);
        await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return Volatile.Read(ref _lastMicroseconds);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    // One request at a time: the last one's time is that of the answer that has come.
    private async Task MeasureAsync(HttpContext context, RequestDelegate next)
    {
        var began = Stopwatch.GetTimestamp();
        if (context.Request.Path == "/floor")
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            context.Response.ContentLength = Floor.Length;
            Volatile.Write(ref _lastMicroseconds, Stopwatch.GetElapsedTime(began).TotalMicroseconds);
            await context.Response.BodyWriter.WriteAsync(Floor);
            return;
        }

        context.Response.OnStarting(() =>
        {
            Volatile.Write(ref _lastMicroseconds, Stopwatch.GetElapsedTime(began).TotalMicroseconds);
            return Task.CompletedTask;
        });
        await next(context);
    }
}
