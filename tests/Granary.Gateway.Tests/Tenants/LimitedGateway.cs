using System.Net;
using Granary.Gateway.Tests.Running;
using Granary.Serving;
using Granary.Shards;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Gateway.Tests.Tenants;

/// <summary>A gateway whose only tenant has limits; the model echoes.</summary>
internal static class LimitedGateway
{
    public const string Model = "echo";

    public static async Task<RunningGateway> StartAsync(Dictionary<string, string?> limits)
    {
        var settings = limits.ToDictionary(limit => $"Granary:Tenants:{limit.Key}", limit => limit.Value);
        settings["Granary:Models:Serve:0"] = Model;
        var gateway = await RunningGateway.StartAsync(settings, services => services.AddSingleton<ILocalModelLoader, EchoModelLoader>());
        using var client = gateway.CreateClient();
        await Eventually.TrueAsync(
            async () => (await client.GetAsync("health/ready")).StatusCode == HttpStatusCode.OK
                && (await gateway.Grains.GetGrain<IModelGrain>(Model).GetReplicasAsync()).Length == 1,
            "the echoing model was not ready");
        return gateway;
    }
}
