using Granary.Conformance.Support;
using Granary.Gateway;
using Granary.Grains;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;

namespace Granary.Benchmarks.Nothing;

/// <summary>A silo with its gateway as the host makes them, which keeps nothing, for a benchmark to add to.</summary>
internal static class BenchGateway
{
    public static WebApplicationBuilder CreateBuilder(IEnumerable<string> models, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(
        [
            new("Granary:Silo:Name", "bench"),
            new("Granary:Silo:ClusterId", Guid.NewGuid().ToString("N")),
            new("Granary:Silo:SiloPort", $"{FreePorts.Next()}"),
            new("Granary:Silo:GatewayPort", $"{FreePorts.Next()}"),
            new("Granary:Clustering:Kind", "localhost"),
            new("Granary:Storage:Kind", "memory"),
            new("Granary:Gateway:Urls", "http://127.0.0.1:0"),
            .. models.Select((model, i) => KeyValuePair.Create($"Granary:Models:Serve:{i}", (string?)model)),
            .. settings,
        ]);
        builder.Host.UseOrleans(silo => silo.AddGranary(builder.Configuration));
        builder.Services.AddGranaryGateway(builder.Configuration);
        return builder;
    }

    /// <summary>Starts it, and ends when it serves.</summary>
    /// <param name="app">With its endpoints.</param>
    /// <param name="models">What it is to serve.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Where it is.</returns>
    public static async Task<Uri> StartAsync(WebApplication app, IReadOnlyCollection<string> models, CancellationToken cancellationToken)
    {
        await app.StartAsync(cancellationToken);
        var url = new Uri(app.Urls.Single());
        using var client = new HttpClient { BaseAddress = url };
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!(await client.GetAsync("health/ready", cancellationToken)).IsSuccessStatusCode || !await ServesAsync())
        {
            await timer.WaitForNextTickAsync(cancellationToken);
        }

        return url;

        async Task<bool> ServesAsync()
        {
            var served = await client.GetStringAsync("v1/models", cancellationToken);
            return models.All(model => served.Contains($"\"{model}\"", StringComparison.Ordinal));
        }
    }
}
