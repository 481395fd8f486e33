using Granary.Conformance.Support;
using Granary.Grains;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Hosting;

namespace Granary.Gateway.Tests.Running;

/// <summary>A silo with its gateway, in this process, on free ports and with its state in memory.</summary>
public sealed class RunningGateway : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningGateway(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single() + "/");

    public IGrainFactory Grains => _app.Services.GetRequiredService<IGrainFactory>();

    public IServiceProvider Services => _app.Services;

    public static async Task<RunningGateway> StartAsync(Dictionary<string, string?>? settings = null, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Granary:Silo:Name"] = "test-silo",
            ["Granary:Silo:ClusterId"] = Guid.NewGuid().ToString("N"), // others in this process would take its turns over
            ["Granary:Silo:Zone"] = "test-zone",
            ["Granary:Silo:SiloPort"] = $"{FreePorts.Next()}",
            ["Granary:Silo:GatewayPort"] = $"{FreePorts.Next()}",
            ["Granary:Clustering:Kind"] = "localhost",
            ["Granary:Storage:Kind"] = "memory",
            ["Granary:Gateway:Urls"] = "http://127.0.0.1:0",
        }).AddInMemoryCollection(settings ?? []);
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(console => console.SingleLine = true);
        configure?.Invoke(builder.Services);
        builder.Host.UseOrleans(silo => silo.AddGranary(builder.Configuration));
        builder.Services.AddGranaryGateway(builder.Configuration);
        var app = builder.Build();
        app.MapGranaryGateway();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningGateway(app);
    }

    public HttpClient CreateClient() => new() { BaseAddress = Url };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
