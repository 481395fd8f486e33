using Orleans.TestingHost;

namespace Granary.Conformance.Persistence;

/// <summary>One silo with the storage provider of a subclass.</summary>
public abstract class StorageCluster : IAsyncLifetime
{
    private InProcessTestCluster? _cluster;

    public IClusterClient Client => _cluster!.Client;

    public async ValueTask InitializeAsync()
    {
        var configure = await ProviderAsync();
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) => configure(silo));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Adds the provider under test to a silo.</summary>
    protected abstract Task<Action<ISiloBuilder>> ProviderAsync();
}
