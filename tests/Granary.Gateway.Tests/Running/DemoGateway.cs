using System.Net;
using Granary.Engine;
using Granary.Models.Catalog;
using Granary.Serving;
using Granary.Shards;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Gateway.Tests.Running;

/// <summary>A gateway whose silo serves the demo model, ready.</summary>
public sealed class DemoGateway : IAsyncLifetime
{
    public const string Model = "granary-chat";

    /// <summary>What tests ask that abandon a reply; with frequency and presence penalties of -2 the model repeats itself until its limit.</summary>
    public const string EndlessPrompt = "Tell me a short story about a fox";

    /// <summary>That limit.</summary>
    public const int EndlessTokens = 1500;

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
            ["Granary:Completions:AbandonAfter"] = "00:00:00.2",
        });
        using var client = CreateClient();
        await Eventually.TrueAsync(
            async () => (await client.GetAsync("health/ready")).StatusCode == HttpStatusCode.OK && (await ReplicasAsync()).Length == 1,
            "the demo model was not ready");
    }

    /// <summary>The engine as it is now.</summary>
    public EngineStatus Engine => _gateway.Services.GetRequiredService<LocalModels>().Find(Model)!.Engine.Status;

    /// <summary>Runs what asks for <see cref="EndlessTokens"/> tokens and leaves early, and checks that the engine left, too.</summary>
    /// <param name="abandon">Asks, and leaves.</param>
    /// <param name="most">Most tokens that may be generated all the same.</param>
    public async Task AssertStopsAsync(Func<Task> abandon, int most = EndlessTokens / 2)
    {
        var before = Engine.OutputTokens;

        await abandon();

        await IdleAsync();
        Assert.InRange(Engine.OutputTokens - before, 1, most);
    }

    /// <summary>Returns when no sequence runs or waits.</summary>
    public Task IdleAsync() => Eventually.TrueAsync(() => Task.FromResult(Engine is { Running: 0, Waiting: 0 }), "the engine did not stop");

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _models.Delete(recursive: true);
    }

    private Task<ReplicaDescriptor[]> ReplicasAsync() => _gateway.Grains.GetGrain<IModelGrain>(Model).GetReplicasAsync();
}
