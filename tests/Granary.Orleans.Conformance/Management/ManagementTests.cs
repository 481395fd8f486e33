using Granary.Conformance.Activation;

namespace Granary.Conformance.Management;

public sealed class ManagementTests(SharedCluster cluster)
{
    private readonly IManagementGrain _management = cluster.Client.GetGrain<IManagementGrain>(0);

    [Fact]
    public async Task GetHosts_namesTheActiveSilos()
    {
        var hosts = await _management.GetHosts(onlyActive: true);
        Assert.Equal(SharedCluster.SiloCount, hosts.Count);
        Assert.All(Enumerable.Range(0, SharedCluster.SiloCount), i => Assert.Equal(SiloStatus.Active, hosts[cluster.Silo(i)]));
    }

    [Fact]
    public async Task GetDetailedHosts_givesTheirNames()
    {
        var hosts = await _management.GetDetailedHosts(onlyActive: true);
        Assert.Equal(["Silo_0", "Silo_1", "Silo_2"], hosts.Select(host => host.SiloName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task GetActivationAddress_saysWhereAGrainIs()
    {
        var grain = cluster.Client.GetGrain<IKeptGrain>(SharedCluster.NewKey());
        Assert.Null(await _management.GetActivationAddress(grain));
        var answer = await grain.CallAsync();
        Assert.Equal(answer.Silo, await _management.GetActivationAddress(grain));
    }

    [Fact]
    public async Task Statistics_countActivations()
    {
        var before = await CountKeptAsync();
        for (var i = 0; i < 5; i++)
        {
            await cluster.Client.GetGrain<IKeptGrain>(SharedCluster.NewKey()).CallAsync();
        }

        Assert.True(await CountKeptAsync() >= before + 5);
        Assert.True(await _management.GetTotalActivationCount() >= before + 5);
    }

    private async Task<int> CountKeptAsync() => (await _management.GetSimpleGrainStatistics())
        .Where(statistic => statistic.GrainType.Contains(nameof(KeptGrain), StringComparison.Ordinal))
        .Sum(statistic => statistic.ActivationCount);
}
