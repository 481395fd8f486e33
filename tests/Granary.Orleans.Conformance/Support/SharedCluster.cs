using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime.Placement;
using Orleans.TestingHost;

[assembly: AssemblyFixture(typeof(Granary.Conformance.Support.SharedCluster))]

namespace Granary.Conformance.Support;

/// <summary>Three silos in zones a, b and c that live as long as the test run; tests share them and use ids of their own.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    public const int SiloCount = 3;

    public InProcessTestCluster Cluster { get; private set; } = null!;

    /// <summary>A client outside the silos.</summary>
    public IClusterClient Client => Cluster.Client;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(SiloCount);
        builder.ConfigureSilo((options, silo) => silo.AddConformance(options.SiloName));
        Cluster = builder.Build();
        await Cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.StopAllSilosAsync();
        await Cluster.DisposeAsync();
    }

    public SiloAddress Silo(int index) => Cluster.Silos[index].SiloAddress;

    /// <summary>Calls go out from that silo.</summary>
    public IGrainFactory From(int index) => Cluster.Silos[index].ServiceProvider.GetRequiredService<IGrainFactory>();

    /// <summary>Runs the first call to a grain with a hint to activate it on that silo.</summary>
    public async Task<T> AtAsync<T>(int index, Func<Task<T>> firstCall)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, Silo(index));
        try
        {
            return await firstCall();
        }
        finally
        {
            RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        }
    }

    /// <summary>An id that no other test uses.</summary>
    public static string NewKey() => Guid.NewGuid().ToString("N");
}
