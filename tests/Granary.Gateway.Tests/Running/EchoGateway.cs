using System.Net;
using Granary.Serving;
using Granary.Shards;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Gateway.Tests.Running;

/// <summary>A gateway whose silo serves a model that echoes, with Qwen3's tokenizer and template.</summary>
public sealed class EchoGateway : IAsyncLifetime
{
    public const string Model = "echo";

    private RunningGateway _gateway = null!;

    public Uri Url => _gateway.Url;

    internal EchoEngine Engine => (EchoEngine)_gateway.Services.GetRequiredService<LocalModels>().Find(Model)!.Engine;

    public HttpClient CreateClient() => _gateway.CreateClient();

    public async ValueTask InitializeAsync()
    {
        _gateway = await RunningGateway.StartAsync(
            new() { ["Granary:Models:Serve:0"] = Model }, services => services.AddSingleton<ILocalModelLoader, EchoModelLoader>());
        using var client = CreateClient();
        await Eventually.TrueAsync(
            async () => (await client.GetAsync("health/ready")).StatusCode == HttpStatusCode.OK
                && (await _gateway.Grains.GetGrain<IModelGrain>(Model).GetReplicasAsync()).Length == 1,
            "the echoing model was not ready");
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();
}
