namespace Granary.Conformance.Messaging;

public sealed class MessagingTests(SharedCluster cluster)
{
    private readonly string _key = SharedCluster.NewKey();

    [Fact]
    public async Task OneWay_returnsBeforeTheGrainHasFinished()
    {
        var grain = cluster.Client.GetGrain<IOneWayGrain>(_key);
        await grain.HoldAsync();
        await Signals.WaitAsync($"{_key}/in");
        Signals.Raise($"{_key}/go");
        await Signals.WaitAsync($"{_key}/out");

        Assert.Equal(1, await grain.CountAsync());
    }

    [Fact]
    public async Task OneWay_failing_tellsNobody()
    {
        var grain = cluster.Client.GetGrain<IOneWayGrain>(_key);
        await grain.FailAsync();
        await Signals.WaitAsync($"{_key}/failed");

        Assert.Equal(0, await grain.CountAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task StatelessWorker_runsOnTheCallersSilo(int silo) =>
        Assert.Equal(cluster.Silo(silo), await cluster.From(silo).GetGrain<IWorkerGrain>("everywhere").WhereAsync());

    [Fact]
    public async Task StatelessWorker_ofTwo_takesTwoCallsAtOnceAndNoThird()
    {
        var worker = cluster.From(0).GetGrain<IWorkerGrain>(_key);
        var calls = Enumerable.Range(0, 6).Select(_ => worker.HoldAsync()).ToArray();
        await Signals.WaitAsync($"{_key}/in");
        await Signals.WaitAsync($"{_key}/in");
        for (var i = 0; i < calls.Length; i++)
        {
            Signals.Raise($"{_key}/go");
        }

        Assert.Equal(2, (await Task.WhenAll(calls)).Max());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task RequestContext_travelsWithTheCall(int silo)
    {
        var grain = await ContextGrainOnAsync(silo);
        RequestContext.Set("colour", "blue");

        Assert.Equal("blue", await grain.GetAsync("colour"));
        Assert.Null(await grain.GetAsync("shape"));
        RequestContext.Remove("colour");
        Assert.Null(await grain.GetAsync("colour"));
    }

    [Fact]
    public async Task RequestContext_travelsDownTheChain()
    {
        var (first, second) = (await ContextGrainOnAsync(1), await ContextGrainOnAsync(2));
        RequestContext.Set("colour", "green");
        Assert.Equal("green", await first.GetThroughAsync(second, "colour"));
        RequestContext.Clear();
    }

    [Fact]
    public async Task RequestContext_setByTheGrain_doesNotComeBackNorStay()
    {
        var grain = await ContextGrainOnAsync(1);
        await grain.SetAsync("colour", "red");

        Assert.Null(RequestContext.Get("colour"));
        Assert.Null(await grain.GetAsync("colour"));
    }

    [Fact]
    public async Task RequestContext_reachesAStream()
    {
        var grain = await ContextGrainOnAsync(1);
        RequestContext.Set("colour", "grey");
        Assert.Equal(["grey"], await grain.StreamAsync("colour").ToListAsync());
        RequestContext.Clear();
    }

    private async Task<IContextGrain> ContextGrainOnAsync(int silo)
    {
        var grain = cluster.From(0).GetGrain<IContextGrain>(SharedCluster.NewKey());
        await cluster.AtAsync(silo, () => grain.GetAsync("nothing"));
        return grain;
    }
}
