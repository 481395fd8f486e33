using System.Net.Http.Json;
using Granary.Cluster;
using Granary.Gateway.Tests.Running;

namespace Granary.Gateway.Tests.Cluster;

[Collection(DemoGatewayTests.Name)]
public sealed class ClusterEndpointTests(DemoGateway gateway)
{
    [Fact]
    public async Task Get_oneSilo_isActiveWithItsModel()
    {
        using var client = gateway.CreateClient();

        var status = await client.GetFromJsonAsync<ClusterStatus>("api/cluster");

        var silo = Assert.Single(status!.Silos);
        Assert.Equal(("test-silo", "test-zone", "active"), (silo.Name, silo.Zone, silo.Status));
        Assert.Equal(DemoGateway.Model, Assert.Single(Assert.Single(status.Models).Replicas).Model);
    }
}
