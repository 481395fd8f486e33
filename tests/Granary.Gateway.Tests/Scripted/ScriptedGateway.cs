using Granary.Clustering;
using Granary.Completions;
using Granary.Health;
using Granary.Profiles;
using Granary.ResponseCache;
using Granary.Serving;
using Granary.Shards;
using Granary.Turns;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Gateway.Tests.Scripted;

/// <summary>A gateway over <see cref="ScriptedGrains"/>: sockets and HTTP are real, the cluster behind is not.</summary>
internal sealed class ScriptedGateway : IAsyncDisposable
{
    private readonly WebApplication _app;
    private bool _isGone;

    private ScriptedGateway(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single() + "/");

    public IServiceProvider Services => _app.Services;

    /// <summary>At a free port.</summary>
    public static Task<ScriptedGateway> StartAsync(ScriptedGrains grains, params string[] gateways) => StartAsync(new Uri("http://127.0.0.1:0"), grains, gateways);

    /// <param name="url">Where it listens.</param>
    /// <param name="grains">What is behind it.</param>
    /// <param name="gateways">The gateways that it takes for alive.</param>
    public static async Task<ScriptedGateway> StartAsync(Uri url, ScriptedGrains grains, params string[] gateways)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Granary:Gateway:Urls"] = url.GetLeftPart(UriPartial.Authority) });
        builder.Logging.ClearProviders();
        if (grains.Logs is { } logs)
            builder.Logging.AddProvider(logs);
        builder.Services.AddSingleton(grains.Factory);
        builder.Services.AddSingleton(StandIn.For<IServedModels>(grains));
        builder.Services.AddSingleton(StandIn.For<IClusterStatusReader>(grains));
        builder.Services.AddSingleton(StandIn.For<IClusterProfiles>(grains));
        builder.Services.AddSingleton(StandIn.For<IModelServing>(grains));
        builder.Services.AddSingleton(StandIn.For<IResponseCache>(new NothingKept()));
        builder.Services.AddSingleton(StandIn.For<ISiloDrain>(grains));
        builder.Services.AddSingleton(StandIn.For<ILocalProgress>(grains));
        builder.Services.AddSingleton<ILocalTurnReader>(new LocalTurnReader());
        builder.Services.AddSingleton(StandIn.For<ILocalCompletions>(grains));
        builder.Services.AddSingleton(StandIn.For<IGatewayDirectory>(new Directory(gateways)));
        builder.Services.AddGranaryGateway(builder.Configuration);
        var app = builder.Build();
        app.MapGranaryGateway();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ScriptedGateway(app);
    }

    public HttpClient CreateClient() => new() { BaseAddress = Url };

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isGone, true))
            return;
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed class NothingKept
    {
        public ValueTask<ResponseKey?> KeyOfAsync() => new((ResponseKey?)null);
    }

    private sealed class Directory(string[] gateways)
    {
        public Uri[] FindLive() => Array.ConvertAll(gateways, gateway => new Uri(gateway));
    }
}
