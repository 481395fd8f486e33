using Granary.Clustering;
using Granary.Grains.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Clustering;

public sealed class ClusterStatusReaderTests(TwoSilos silos) : IClassFixture<TwoSilos>
{
    [Fact]
    public async Task Read_shows_silos_zones_grains_and_models()
    {
        await silos.Cluster.CreateAsync("status");

        var status = await silos.Cluster.Silo(0).GetRequiredService<IClusterStatusReader>().ReadAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, status.Silos.Count);
        Assert.All(status.Silos, silo => Assert.Equal("active", silo.Status));
        Assert.Equal(2, status.Silos.Select(silo => silo.Zone).Distinct().Count(zone => zone.StartsWith("zone-", StringComparison.Ordinal)));
        Assert.Contains(status.Grains, grain => grain is { Type: "session", Activations: 1 });
        var model = Assert.Single(status.Models);
        Assert.Equal(GranaryCluster.Model, model.Model.Name);
        Assert.Equal(status.Silos.Select(silo => silo.Name).Order(), model.Replicas.Select(replica => replica.Silo).Order());
    }
}
