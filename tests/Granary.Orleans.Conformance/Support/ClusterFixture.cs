using Orleans.Runtime.Placement;
using Orleans.TestingHost;

namespace Granary.Conformance.Support;

/// <summary>A cluster in this process, in zones a, b and c by turns.</summary>
public abstract class ClusterFixture(int siloCount) : IAsyncLifetime
{
    public InProcessTestCluster Cluster { get; private set; } = null!;

    /// <summary>A client outside the silos.</summary>
    public IClusterClient Client => Cluster.Client;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder((short)siloCount);
        builder.ConfigureSilo((options, silo) => Configure(silo.AddConformance(options.SiloName)));
        Cluster = builder.Build();
        await Cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.StopAllSilosAsync();
        await Cluster.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    public SiloAddress Silo(int index) => Cluster.Silos[index].SiloAddress;

    /// <summary>Calls go out from that silo.</summary>
    public IGrainFactory From(int index) => Cluster.Silos[index].ServiceProvider.GetRequiredService<IGrainFactory>();

    /// <summary>Runs the first call to a grain with a hint to activate it on that silo.</summary>
    public Task<T> AtAsync<T>(int index, Func<Task<T>> firstCall) => AtAsync(Silo(index), firstCall);

    /// <inheritdoc cref="AtAsync{T}(int, Func{Task{T}})"/>
    public static async Task<T> AtAsync<T>(SiloAddress silo, Func<Task<T>> firstCall)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
        try
        {
            return await firstCall();
        }
        finally
        {
            RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        }
    }

    protected virtual void Configure(ISiloBuilder silo)
    {
    }
}
