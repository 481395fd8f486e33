using Orleans.Storage;
using Orleans.TestingHost;

namespace Granary.Conformance.Stopping;

/// <summary>A silo that stops in good order ends its activations, and they may still write and call.</summary>
public sealed class StoppingTests(StoppingTests.Silos cluster) : IClassFixture<StoppingTests.Silos>
{
    private const int Grains = 24;

    [Fact]
    public async Task Stop_ofASilo_endsAllItsActivations_whichWriteAndCallOthers()
    {
        var witness = cluster.Client.GetGrain<IWitnessGrain>(SharedCluster.NewKey());
        await cluster.AtAsync(0, witness.GetWitnessedAsync);
        var leaving = await cluster.Cluster.StartAdditionalSiloAsync();
        var keys = Enumerable.Range(0, Grains).Select(_ => SharedCluster.NewKey()).ToArray();
        foreach (var key in keys)
        {
            var grain = cluster.Client.GetGrain<IStoppingGrain>(key);
            await ClusterFixture.AtAsync(leaving.SiloAddress, grain.RecallAsync);
            await grain.RememberAsync($"text of {key}", witness.GetPrimaryKeyString());
        }

        var here = await CountAsync(leaving.SiloAddress);
        Assert.True(here > 0, "No grain went to the silo that stops.");
        await cluster.Cluster.StopSiloAsync(leaving);

        var witnessed = await witness.GetWitnessedAsync();
        Assert.Equal(here, witnessed.Count);
        Assert.All(witnessed.Values, reason => Assert.Equal(DeactivationReasonCode.ShuttingDown, reason));
        foreach (var key in keys)
        {
            Assert.Equal($"text of {key}", await cluster.Client.GetGrain<IStoppingGrain>(key).RecallAsync());
        }
    }

    [Fact]
    public async Task Dispose_ofACluster_endsItsActivations_andTheNextClusterReadsWhatTheyWrote()
    {
        var key = SharedCluster.NewKey();
        await using (var before = await StartAsync())
        {
            await before.Client.GetGrain<IStoppingGrain>(key).RememberAsync("kept", "");
        }

        Assert.Equal(1, Signals.Count($"{key}/ended"));
        await using var after = await StartAsync();
        Assert.Equal("kept", await after.Client.GetGrain<IStoppingGrain>(key).RecallAsync());
    }

    private static async Task<InProcessTestCluster> StartAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((options, silo) => AddStorage(silo.AddConformance(options.SiloName)));
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return cluster;
    }

    private static void AddStorage(ISiloBuilder silo) => silo.Services.AddKeyedSingleton<IGrainStorage>(KeptStorage.Name, (_, _) => new KeptStorage());

    /// <summary>The stopping grains of a silo.</summary>
    private async Task<int> CountAsync(SiloAddress silo)
    {
        var statistics = await cluster.Client.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics([silo]);
        return statistics.Where(statistic => statistic.GrainType.Contains(nameof(StoppingGrain), StringComparison.Ordinal)).Sum(statistic => statistic.ActivationCount);
    }

    public sealed class Silos() : ClusterFixture(2)
    {
        protected override void Configure(ISiloBuilder silo) => AddStorage(silo);
    }
}
