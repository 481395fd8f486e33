using System.CommandLine;
using System.Text;
using System.Text.Json;
using Granary.Benchmarks.Nothing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Granary.Benchmarks.Gateways;

/// <summary>
/// Kestrel with one endpoint, in a process of its own, that sends the bytes that it was given in the rhythm in which they were written: what a gateway cannot be cheaper than, and the upstream of the peer.
/// </summary>
internal static class FloorServer
{
    public const string CommandName = "floor-server";

    private static readonly Dictionary<string, byte[][]> Answers = new(StringComparer.Ordinal);

    public static Command Command()
    {
        var command = new Command(CommandName);
        command.Hidden = true;
        command.SetAction(async (_, cancellationToken) =>
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
            await using var app = builder.Build();
            using var clock = new StepClock(GatewayServer.Step);
            app.MapPut("/answers/{model}/{kind}", SetAsync);
            app.MapPost("/v1/chat/completions", context => AnswerAsync(context, clock));
            await app.StartAsync(cancellationToken);
            Console.WriteLine(app.Urls.Single());
            while (await Console.In.ReadLineAsync(cancellationToken) is not null)
            {
            }
        });
        return command;
    }

    private static string Key(string? model, bool streams) => $"{model}/{(streams ? "stream" : "whole")}";

    private static async Task SetAsync(HttpContext context, string model, string kind)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        var parts = kind == "whole" ? [text] : Frames(text);
        Answers[Key(model, kind != "whole")] = [.. parts.Select(Encoding.UTF8.GetBytes)];
    }

    // Events of one record were written together.
    private static IEnumerable<string> Frames(string events) =>
        events.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(item => item + "\n\n").GroupBy(item => item[..item.IndexOf(':', "id: ".Length)], (_, items) => string.Concat(items));

    private static async Task AnswerAsync(HttpContext context, StepClock clock)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var (model, streams) = (body.RootElement.GetProperty("model").GetString(), body.RootElement.TryGetProperty("stream", out var stream) && stream.GetBoolean());
        var parts = Answers[Key(model, streams)];
        if (!streams)
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = parts[0].Length;
            await context.Response.BodyWriter.WriteAsync(parts[0], context.RequestAborted);
            return;
        }

        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        foreach (var part in parts)
        {
            if (model == GatewayServer.Paced)
            {
                await clock.NextStep;
            }

            await context.Response.BodyWriter.WriteAsync(part, context.RequestAborted);
        }
    }
}
