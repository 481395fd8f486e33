namespace Granary.Conformance.Placement;

/// <summary>Silos 0, 1 and 2 are in zones a, b and c.</summary>
public sealed class PlacementTests(SharedCluster cluster)
{
    [Fact]
    public async Task Random_usesAllSilos()
    {
        var silos = new HashSet<SiloAddress>();
        for (var i = 0; silos.Count < SharedCluster.SiloCount && i < 500; i++)
        {
            silos.Add(await cluster.From(0).GetGrain<IAnywhereGrain>(SharedCluster.NewKey()).WhereAsync());
        }

        Assert.Equal(SharedCluster.SiloCount, silos.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task PreferLocal_takesTheSiloOfTheCaller(int silo)
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(cluster.Silo(silo), await cluster.From(silo).GetGrain<INearGrain>(SharedCluster.NewKey()).WhereAsync());
        }
    }

    [Fact]
    public async Task PreferLocal_ofACallingGrain_takesThatGrainsSilo()
    {
        var caller = await GrainOnAsync(2);
        Assert.Equal(cluster.Silo(2), await caller.AskAsync(cluster.Client.GetGrain<INearGrain>(SharedCluster.NewKey())));
    }

    [Fact]
    public async Task PreferLocal_ofAnActiveGrain_leavesItWhereItIs()
    {
        var key = SharedCluster.NewKey();
        Assert.Equal(cluster.Silo(1), await cluster.From(1).GetGrain<INearGrain>(key).WhereAsync());
        Assert.Equal(cluster.Silo(1), await cluster.From(0).GetGrain<INearGrain>(key).WhereAsync());
    }

    [Fact]
    public async Task HashBased_spreadsKeys()
    {
        var silos = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => cluster.From(i % 3).GetGrain<IHashedGrain>(SharedCluster.NewKey()).WhereAsync()));
        Assert.Equal(SharedCluster.SiloCount, silos.Distinct().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Hint_overrulesTheStrategy(int silo)
    {
        var grain = cluster.From(0).GetGrain<IAnywhereGrain>(SharedCluster.NewKey());
        Assert.Equal(cluster.Silo(silo), await cluster.AtAsync(silo, () => grain.WhereAsync()));
        Assert.Equal(cluster.Silo(silo), await grain.WhereAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task RequiredMetadata_keepsGrainsInTheCallersZone(int silo)
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(cluster.Silo(silo), await cluster.From(silo).GetGrain<IInZoneGrain>(SharedCluster.NewKey()).WhereAsync());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task PreferredMetadata_takesTheCallersZone_whereNoRackMatches(int silo)
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(cluster.Silo(silo), await cluster.From(silo).GetGrain<IPreferZoneGrain>(SharedCluster.NewKey()).WhereAsync());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task CustomDirector_readsTheSiloFromTheKey(int silo)
    {
        var key = $"{SharedCluster.NewKey()}@{cluster.Silo(silo).ToParsableString()}";
        Assert.Equal(cluster.Silo(silo), await cluster.Client.GetGrain<IPinnedGrain>(key).WhereAsync());
        Assert.Equal(cluster.Silo(silo), await cluster.From(0).GetGrain<IPinnedGrain>(key).WhereAsync());
    }

    [Fact]
    public async Task CustomDirector_thatThrows_failsTheCall()
    {
        var gone = SiloAddress.New(cluster.Silo(0).Endpoint, cluster.Silo(0).Generation + 1);
        var grain = cluster.From(0).GetGrain<IPinnedGrain>($"{SharedCluster.NewKey()}@{gone.ToParsableString()}");
        await Assert.ThrowsAnyAsync<OrleansException>(() => grain.WhereAsync());
    }

    [Fact]
    public async Task CustomFilter_choosesTheCandidates()
    {
        var last = Enumerable.Range(0, 3).Select(cluster.Silo).MaxBy(silo => silo.ToParsableString(), StringComparer.Ordinal);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(last, await cluster.From(i % 3).GetGrain<IFilteredPlacementGrain>(SharedCluster.NewKey()).WhereAsync());
        }
    }

    private async Task<IAnywhereGrain> GrainOnAsync(int silo)
    {
        var grain = cluster.From(0).GetGrain<IAnywhereGrain>(SharedCluster.NewKey());
        Assert.Equal(cluster.Silo(silo), await cluster.AtAsync(silo, () => grain.WhereAsync()));
        return grain;
    }
}
