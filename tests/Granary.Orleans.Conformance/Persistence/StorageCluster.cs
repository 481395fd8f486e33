using Orleans.TestingHost;

namespace Granary.Conformance.Persistence;

/// <summary>One silo with the storage provider of a subclass.</summary>
public abstract class StorageCluster : IAsyncLifetime
{
    private InProcessTestCluster? _cluster;
    private Exception? _unavailable;

    /// <summary>A client; skips the test where the provider's server is not installed.</summary>
    public IClusterClient Client => _cluster?.Client ?? throw _unavailable!;

    public async ValueTask InitializeAsync()
    {
        try
        {
            var configure = await ProviderAsync();
            var builder = new InProcessTestClusterBuilder(1);
            builder.ConfigureSilo((_, silo) => configure(silo));
            _cluster = builder.Build();
        }
        catch (Exception error) when (error.Message.StartsWith(DynamicSkip, StringComparison.Ordinal))
        {
            _unavailable = error;
            return;
        }

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

    private const string DynamicSkip = "$XunitDynamicSkip$";
}
