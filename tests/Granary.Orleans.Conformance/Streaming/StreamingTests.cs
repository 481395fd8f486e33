namespace Granary.Conformance.Streaming;

/// <summary>The reader is silo 0; the grain is on silo 0 (near) or 1 (far).</summary>
public sealed class StreamingTests(SharedCluster cluster)
{
    private readonly string _key = SharedCluster.NewKey();

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 100)]
    [InlineData(1, 1)]
    [InlineData(1, 7)]
    public async Task Items_arriveAllAndInOrder(int silo, int batchSize)
    {
        var grain = await GrainOnAsync(silo);
        Assert.Equal(Enumerable.Range(0, 500), await grain.CountAsync(500).WithBatchSize(batchSize).ToListAsync());
    }

    [Fact]
    public async Task Empty_ends() => Assert.Empty(await (await GrainOnAsync(1)).CountAsync(0).ToListAsync());

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Break_disposesTheIterator(int silo)
    {
        var grain = await GrainOnAsync(silo);
        await foreach (var item in grain.CountForeverAsync())
        {
            if (item == 3)
            {
                break;
            }
        }

        await Signals.WaitAsync($"{_key}/disposed");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Item_withoutASuccessor_arrivesAtOnce(int silo)
    {
        var grain = await GrainOnAsync(silo);
        await using var items = grain.FollowAsync(2).GetAsyncEnumerator();
        var first = items.MoveNextAsync();
        Signals.Raise($"{_key}/next");

        Assert.True(await first);
        Assert.Equal(0, items.Current);
        Signals.Raise($"{_key}/next");
        Assert.True(await items.MoveNextAsync());
        Assert.False(await items.MoveNextAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Cancellation_reachesTheIterator(int silo)
    {
        var grain = await GrainOnAsync(silo);
        using var cancellation = new CancellationTokenSource();
        await using var items = grain.YieldThenWaitAsync(cancellation.Token).GetAsyncEnumerator();
        Assert.True(await items.MoveNextAsync());
        var next = items.MoveNextAsync().AsTask();
        await Signals.WaitAsync($"{_key}/waiting");
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        await Signals.WaitAsync($"{_key}/cancelled");
    }

    [Fact]
    public async Task Cancellation_byWithCancellation_reachesTheIterator()
    {
        var grain = await GrainOnAsync(1);
        using var cancellation = new CancellationTokenSource();
        var reading = Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var item in grain.YieldThenWaitAsync().WithCancellation(cancellation.Token))
            {
                Assert.Equal(1, item);
            }
        });
        await Signals.WaitAsync($"{_key}/waiting");
        await cancellation.CancelAsync();

        await reading;
        await Signals.WaitAsync($"{_key}/cancelled");
    }

    [Fact]
    public async Task SlowReader_holdsTheWriterBack()
    {
        const int BatchSize = 5;
        var grain = await GrainOnAsync(1);
        await using var items = grain.CountForeverAsync().WithBatchSize(BatchSize).GetAsyncEnumerator();
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await items.MoveNextAsync());
        }

        Assert.InRange(await grain.GetYieldedAsync(), 3, 3 * BatchSize);
    }

    [Fact]
    public async Task TwoStreams_ofOneGrain_runSideBySide()
    {
        var grain = await GrainOnAsync(1);
        var streams = await Task.WhenAll(
            grain.CountAsync(300).WithBatchSize(10).ToListAsync().AsTask(),
            grain.CountAsync(300).WithBatchSize(10).ToListAsync().AsTask());

        Assert.All(streams, items => Assert.Equal(Enumerable.Range(0, 300), items));
    }

    [Fact]
    public async Task OpenStream_whileTheIteratorWaits_leavesTheGrainCallable()
    {
        var grain = await GrainOnAsync(1);
        await using var items = grain.FollowAsync(1).GetAsyncEnumerator();
        var first = items.MoveNextAsync();

        Assert.Equal(cluster.Silo(1), await grain.WhereAsync());
        Signals.Raise($"{_key}/next");
        Assert.True(await first);
    }

    [Fact]
    public async Task Client_readsAStream() =>
        Assert.Equal(Enumerable.Range(0, 250), await cluster.Client.GetGrain<IStreamGrain>(_key).CountAsync(250).ToListAsync());

    [Fact]
    public async Task Enumerable_readTwice_runsTwice()
    {
        var items = (await GrainOnAsync(1)).CountAsync(3);
        Assert.Equal([0, 1, 2], await items.ToListAsync());
        Assert.Equal([0, 1, 2], await items.ToListAsync());
    }

    private async Task<IStreamGrain> GrainOnAsync(int silo)
    {
        var grain = cluster.From(0).GetGrain<IStreamGrain>(_key);
        Assert.Equal(cluster.Silo(silo), await cluster.AtAsync(silo, () => grain.WhereAsync()));
        return grain;
    }
}
