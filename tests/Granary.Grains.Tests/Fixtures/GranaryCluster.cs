using Granary.Serving;
using Granary.Sessions;
using Granary.Shards;
using Granary.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Granary.Grains.Tests.Fixtures;

/// <summary>Silos of one process, each in a zone of its own, with scripted engines and one SQLite file.</summary>
internal sealed class GranaryCluster : IAsyncDisposable
{
    public const string Model = "scripted";

    private readonly InProcessTestCluster _cluster;
    private readonly TemporaryFolder? _folder;

    private GranaryCluster(InProcessTestCluster cluster, Script script, StorageFault fault, TemporaryFolder? folder)
    {
        _cluster = cluster;
        _folder = folder;
        Script = script;
        Fault = fault;
    }

    public Script Script { get; }

    public StorageFault Fault { get; }

    public IGrainFactory Client => _cluster.Client;

    public InProcessTestCluster Inner => _cluster;

    public static async Task<GranaryCluster> StartAsync(int silos = 2, string? database = null, Dictionary<string, string?>? settings = null, bool scripted = true, string model = Model, Action<IServiceCollection>? configure = null, string[]? zones = null)
    {
        var folder = database is null ? new TemporaryFolder() : null;
        var script = new Script();
        var fault = new StorageFault();
        var count = 0;
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.ConfigureSilo((options, silo) =>
        {
            var number = Interlocked.Increment(ref count);
            var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Granary:Silo:Zone"] = zones?[number - 1] ?? $"zone-{number}",
                ["Granary:Storage:Kind"] = "sqlite",
                ["Granary:Storage:ConnectionString"] = database ?? folder!.File("granary.db"),
                ["Granary:Models:Serve:0"] = model,
            }).AddInMemoryCollection(settings).Build();
            if (scripted)
            {
                silo.Services.AddSingleton<ILocalModelLoader>(new ScriptedModelLoader(options.SiloName, script));
            }

            silo.AddGranaryGrains(configuration);
            silo.Services.AddKeyedSingleton<IGrainStorage>(GrainStores.Sessions, (provider, _) =>
                new GuardedGrainStorage(new FaultyStorage(provider.GetRequiredKeyedService<IGrainStorage>("sessions-inner"), fault), provider.GetRequiredService<Granary.Health.LocalProgress>().Store));
            configure?.Invoke(silo.Services);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        var granary = new GranaryCluster(cluster, script, fault, folder);
        await granary.WaitForReplicasAsync(silos, model);
        return granary;
    }

    public IServiceProvider Silo(int index) => _cluster.Silos[index].ServiceProvider;

    public ISessionGrain Session(string id) => Client.GetGrain<ISessionGrain>(id);

    public async Task<ISessionGrain> CreateAsync(string id, string owner = "owner", string? system = null)
    {
        var session = Session(id);
        await session.CreateAsync(new CreateSession { Owner = owner, Model = Model, System = system });
        return session;
    }

    /// <summary>Waits until the model has this many replicas; a replica's report is the signal, so this asks again until then.</summary>
    public async Task WaitForReplicasAsync(int count, string? model = null)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await Client.GetGrain<IModelGrain>(model ?? Model).GetReplicasAsync()).Length != count)
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <summary>The model's shards, one a silo.</summary>
    public async Task<IShardGrain[]> ShardsAsync(string? model = null) =>
        [.. (await Client.GetGrain<IModelGrain>(model ?? Model).GetReplicasAsync()).Select(replica => Client.GetGrain<IShardGrain>(replica.ShardKey))];

    /// <summary>The silo whose shard this is.</summary>
    public IServiceProvider SiloOf(IShardGrain shard) =>
        _cluster.Silos.Select(silo => silo.ServiceProvider).Single(silo => ShardKey.TryParse(shard.GetPrimaryKeyString(), out var key) && key.Value.Silo.Equals(silo.GetRequiredService<ILocalSiloDetails>().SiloAddress));

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _folder?.Dispose();
    }
}
