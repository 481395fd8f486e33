namespace Granary.Grains.Tests.Fixtures;

/// <summary>Two silos, shared by the tests of a class.</summary>
public sealed class TwoSilos : IAsyncLifetime
{
    internal GranaryCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await GranaryCluster.StartAsync();

    public async ValueTask DisposeAsync() => await Cluster.DisposeAsync();
}
