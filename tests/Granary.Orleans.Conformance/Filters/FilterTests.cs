namespace Granary.Conformance.Filters;

public sealed class FilterTests(SharedCluster cluster)
{
    private readonly string _key = SharedCluster.NewKey();

    private IFilteredGrain Filtered => cluster.Client.GetGrain<IFilteredGrain>(_key);

    [Fact]
    public async Task GrainsOwnFilter_changesTheResult()
    {
        Assert.Equal(11, await Filtered.DoubleAsync(5));
        Assert.Equal([nameof(IFilteredGrain.DoubleAsync), nameof(IFilteredGrain.GetSeenAsync)], await Filtered.GetSeenAsync());
    }

    [Fact]
    public async Task SilosIncomingFilter_seesTheCall()
    {
        await Filtered.DoubleAsync(5);
        await Signals.WaitAsync($"{_key}/incoming/{nameof(IFilteredGrain.DoubleAsync)}");
    }

    [Fact]
    public async Task SilosIncomingFilter_canTurnAnExceptionIntoAResult() => Assert.Equal(-1, await Filtered.RefuseAsync());

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task SilosOutgoingFilter_seesCallsOfGrains(int silo)
    {
        var other = SharedCluster.NewKey();
        var grain = cluster.From(0).GetGrain<IFilteredGrain>(_key);
        await cluster.AtAsync(silo, () => grain.GetSeenAsync());
        Assert.Equal(12, await grain.DoubleThroughAsync(cluster.From(0).GetGrain<IFilteredGrain>(other), 5));
        await Signals.WaitAsync($"{other}/outgoing/{nameof(IFilteredGrain.DoubleAsync)}");
    }

    [Fact]
    public async Task Stream_passesFilters() => Assert.Equal([1], await Filtered.StreamAsync().ToListAsync());
}
