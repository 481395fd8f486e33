namespace Granary.Conformance.Cancellation;

/// <summary>The caller is silo 0; the grain is on silo 0 (near) or 1 (far).</summary>
public sealed class CancellationTests(SharedCluster cluster)
{
    private readonly string _key = SharedCluster.NewKey();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Cancel_reachesTheGrain_andTheCallEndsCancelled(int silo)
    {
        var grain = await GrainOnAsync(_key, silo);
        using var cancellation = new CancellationTokenSource();
        var call = grain.WaitAsync(cancellation.Token);
        await Signals.WaitAsync($"{_key}/in");
        await cancellation.CancelAsync();

        await Signals.WaitAsync($"{_key}/cancelled");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Cancel_ofAClientsCall_reachesTheGrain()
    {
        using var cancellation = new CancellationTokenSource();
        var call = cluster.Client.GetGrain<ICancellationGrain>(_key).WaitAsync(cancellation.Token);
        await Signals.WaitAsync($"{_key}/in");
        await cancellation.CancelAsync();

        await Signals.WaitAsync($"{_key}/cancelled");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Cancel_goesThroughTheChain()
    {
        var first = await GrainOnAsync(SharedCluster.NewKey(), 1);
        var second = await GrainOnAsync(_key, 2);
        using var cancellation = new CancellationTokenSource();
        var call = first.WaitOnAsync(second, cancellation.Token);
        await Signals.WaitAsync($"{_key}/in");
        await cancellation.CancelAsync();

        await Signals.WaitAsync($"{_key}/cancelled");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task TokenCancelledBefore_endsTheCallCancelled()
    {
        var grain = await GrainOnAsync(_key, 1);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => grain.WaitAsync(new CancellationToken(canceled: true)));
        Assert.Equal(0, Signals.Count($"{_key}/in"));
    }

    [Fact]
    public async Task Cancel_leavesTheGrainUsable()
    {
        var grain = await GrainOnAsync(_key, 1);
        using var cancellation = new CancellationTokenSource();
        var call = grain.WaitAsync(cancellation.Token);
        await Signals.WaitAsync($"{_key}/in");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        Assert.False(await grain.CanBeCancelledAsync(1));
    }

    private async Task<ICancellationGrain> GrainOnAsync(string key, int silo)
    {
        var grain = cluster.From(0).GetGrain<ICancellationGrain>(key);
        Assert.Equal(cluster.Silo(silo), await cluster.AtAsync(silo, () => grain.WhereAsync()));
        return grain;
    }
}
