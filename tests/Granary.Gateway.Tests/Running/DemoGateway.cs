using System.Net;
using Granary.Models.Catalog;
using Granary.Serving;
using Orleans;

namespace Granary.Gateway.Tests.Running;

/// <summary>A gateway whose silo serves the demo model, ready.</summary>
public sealed class DemoGateway : IAsyncLifetime
{
    public const string Model = "granary-chat";

    private readonly DirectoryInfo _models = Directory.CreateTempSubdirectory("granary-gateway-tests-");
    private RunningGateway _gateway = null!;

    public Uri Url => _gateway.Url;

    public HttpClient CreateClient() => _gateway.CreateClient();

    public async ValueTask InitializeAsync()
    {
        await new ModelCatalog(_models.FullName).ImportAsync(new ImportRequest { Source = Path.Combine(Repository.Root, "deploy", "models", Model) });
        _gateway = await RunningGateway.StartAsync(new()
        {
            ["Granary:Models:Folder"] = _models.FullName,
            ["Granary:Models:Serve:0"] = Model,
        });
        using var client = CreateClient();
        await Eventually.TrueAsync(
            async () => (await client.GetAsync("health/ready")).StatusCode == HttpStatusCode.OK && (await ReplicasAsync()).Length == 1,
            "the demo model was not ready");
    }

    /// <summary>Returns when no sequence runs or waits on the model.</summary>
    public Task IdleAsync() => Eventually.TrueAsync(
        async () => await ReplicaAsync() is { Running: 0, Waiting: 0 },
        "the engine did not stop");

    /// <summary>The replica as its engine says it is now.</summary>
    public async Task<ReplicaDescriptor> ReplicaAsync() =>
        await _gateway.Grains.GetGrain<IShardGrain>((await ReplicasAsync()).Single().ShardKey).DescribeAsync();

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _models.Delete(recursive: true);
    }

    private Task<ReplicaDescriptor[]> ReplicasAsync() => _gateway.Grains.GetGrain<IModelGrain>(Model).GetReplicasAsync();
}
