namespace Granary.Conformance.Reentrancy;

public sealed class ReentrancyTests(SharedCluster cluster)
{
    private readonly string _key = SharedCluster.NewKey();

    private IPlainGrain Plain => cluster.Client.GetGrain<IPlainGrain>(_key);

    [Fact]
    public async Task Reentrant_twoCalls_areInsideTogether()
    {
        var grain = cluster.Client.GetGrain<IReentrantGrain>(_key);
        await AssertTogetherAsync(grain.HoldAsync(), grain.HoldAsync());
    }

    [Fact]
    public async Task ReadOnly_withReadOnly_areInsideTogether() => await AssertTogetherAsync(Plain.ReadAsync(), Plain.ReadAsync());

    [Fact]
    public async Task AlwaysInterleave_withOrdinary_areInsideTogether() => await AssertTogetherAsync(Plain.HoldAsync(), Plain.InterleaveAsync());

    [Fact]
    public async Task MayInterleave_whenPredicateHolds_areInsideTogether() => await AssertTogetherAsync(Plain.HoldAsync(), Plain.MaybeAsync("free"));

    [Fact]
    public async Task MayInterleave_whenPredicateFails_waits() => await AssertApartAsync(Plain.HoldAsync(), () => Plain.MaybeAsync("bound"));

    [Fact]
    public async Task ReadOnly_whileOrdinaryRuns_waits() => await AssertApartAsync(Plain.HoldAsync(), () => Plain.ReadAsync());

    [Fact]
    public async Task Ordinary_whileReadOnlyRuns_waits() => await AssertApartAsync(Plain.ReadAsync(), () => Plain.HoldAsync());

    [Fact]
    public async Task CallBack_intoWaitingGrain_timesOut()
    {
        var (first, second) = (cluster.Client.GetGrain<ICallbackGrain>(_key), cluster.Client.GetGrain<ICallbackGrain>(SharedCluster.NewKey()));
        await Assert.ThrowsAsync<TimeoutException>(() => first.CallThroughAsync(second, allowReentrancy: false));
    }

    [Fact]
    public async Task CallBack_withCallChainReentrancyAllowed_answers()
    {
        var (first, second) = (cluster.Client.GetGrain<ICallbackGrain>(_key), cluster.Client.GetGrain<ICallbackGrain>(SharedCluster.NewKey()));
        Assert.Equal("answered", await first.CallThroughAsync(second, allowReentrancy: true));
    }

    [Fact]
    public async Task Timeout_leavesTheGrainUsable()
    {
        var (first, second) = (cluster.Client.GetGrain<ICallbackGrain>(_key), cluster.Client.GetGrain<ICallbackGrain>(SharedCluster.NewKey()));
        await Assert.ThrowsAsync<TimeoutException>(() => first.CallThroughAsync(second, allowReentrancy: false));
        Assert.Equal("answered", await first.CallThroughAsync(second, allowReentrancy: true));
    }

    private async Task AssertTogetherAsync(Task first, Task second)
    {
        await Signals.WaitAsync($"{_key}/in");
        await Signals.WaitAsync($"{_key}/in");
        Signals.Raise($"{_key}/go");
        Signals.Raise($"{_key}/go");
        await Task.WhenAll(first, second);
    }

    private async Task AssertApartAsync(Task first, Func<Task> call)
    {
        await Signals.WaitAsync($"{_key}/in");
        var second = call();
        await Plain.PeekAsync(); // Sent later and interleaves: the second call has arrived.
        Assert.Equal(0, Signals.Count($"{_key}/in"));
        Signals.Raise($"{_key}/go");
        await first;
        await Signals.WaitAsync($"{_key}/in");
        Signals.Raise($"{_key}/go");
        await second;
    }
}
