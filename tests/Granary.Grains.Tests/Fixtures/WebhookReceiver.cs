using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Tests.Fixtures;

/// <summary>An HTTP server that takes webhooks, after it has refused as many as a test wants.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _toRefuse;

    private WebhookReceiver(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single() + "/alerts";

    /// <summary>What came, refused ones included.</summary>
    public ConcurrentQueue<Attempt> Attempts { get; } = [];

    public IEnumerable<Attempt> Taken => Attempts.Where(attempt => attempt.IsTaken);

    /// <summary>How many of the next ones are answered with 503.</summary>
    public int ToRefuse
    {
        set => Volatile.Write(ref _toRefuse, value);
    }

    public static async Task<WebhookReceiver> StartAsync(int toRefuse = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(app) { ToRefuse = toRefuse };
        app.MapPost("/alerts", receiver.TakeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        var isTaken = Interlocked.Decrement(ref _toRefuse) < 0;
        var headers = context.Request.Headers;
        Attempts.Enqueue(new(headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), body, isTaken));
        context.Response.StatusCode = isTaken ? StatusCodes.Status204NoContent : StatusCodes.Status503ServiceUnavailable;
    }

    internal sealed record Attempt(string Id, string Timestamp, string Signature, string Body, bool IsTaken)
    {
        public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

        /// <summary>The percentage that it tells of.</summary>
        public int Percent => Json.GetProperty("data").GetProperty("percent").GetInt32();
    }
}
