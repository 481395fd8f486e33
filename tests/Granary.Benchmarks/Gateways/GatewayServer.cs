using System.CommandLine;
using System.Globalization;
using System.Runtime;
using Granary.Benchmarks.Nothing;
using Granary.Gateway;
using Granary.Shards;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Benchmarks.Gateways;

/// <summary>The gateway in a process of its own, which ends when its standard input does: on engines that compute nothing, or on the demo model.</summary>
internal static class GatewayServer
{
    public const string CommandName = "gateway-server";

    /// <summary>The model that answers at once, in one step.</summary>
    public const string AtOnce = "null";

    /// <summary>The model that gives every stream a token each <see cref="Step"/>.</summary>
    public const string Paced = "paced";

    /// <summary>The demo model's name.</summary>
    public const string Demo = "demo";

    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    public static Command Command()
    {
        var models = new Option<string?>("--models") { Description = "A catalogue with the demo model." };
        var settings = new Argument<string[]>("settings") { Description = "KEY=VALUE of the configuration.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command(CommandName) { models, settings };
        command.Hidden = true;
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(models), [.. parsed.GetValue(settings)!.Select(setting => setting.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1]))], cancellationToken));
        return command;
    }

    private static async Task RunAsync(string? catalog, List<KeyValuePair<string, string?>> settings, CancellationToken cancellationToken)
    {
        string[] names = catalog is null ? [AtOnce, Paced] : [Demo];
        if (catalog is not null)
        {
            settings.Add(new("Granary:Models:Folder", catalog));
        }

        var builder = BenchGateway.CreateBuilder(names, settings);
        using var clock = new StepClock(Step);
        if (catalog is null)
        {
            builder.Services.AddSingleton<ILocalModelLoader>(new NullModelLoader(
                manifest => manifest.Name == Paced ? new NullEngine(manifest, 1, clock) : new NullEngine(manifest, manifest.MaxPositions)));
        }

        await using var app = builder.Build();
        app.Use(AnswerAsync);
        app.MapGranaryGateway();
        Console.WriteLine(await BenchGateway.StartAsync(app, names, cancellationToken));
        while (await Console.In.ReadLineAsync(cancellationToken) is not null)
        {
        }

        Environment.Exit(0); // ten thousand connections are not waited for
    }

    // What the benchmark asks the process itself.
    private static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var query = context.Request.Query;
        switch (context.Request.Path.Value)
        {
            case "/bench/collect":
                GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                await context.Response.WriteAsync(GC.GetTotalMemory(forceFullCollection: true).ToString(CultureInfo.InvariantCulture));
                break;
            case "/bench/allocated":
                await context.Response.WriteAsync(GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture));
                break;
            case "/bench/pauses":
                await context.Response.WriteAsync(GC.GetTotalPauseDuration().TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
                break;
            case "/bench/bare":
                var model = context.RequestServices.GetRequiredService<LocalModels>().Find(Demo)!;
                var tokensPerSecond = await BareLoad.RunAsync(model, Number("streams"), Number("tokens"), query["text"].ToString(), context.RequestAborted);
                await context.Response.WriteAsync(tokensPerSecond.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                await next(context);
                break;
        }

        int Number(string name) => int.Parse(query[name].ToString(), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
