namespace Granary.Conformance.Exceptions;

/// <summary>The caller is silo 0; the grain is on silo 0 (near) or 1 (far).</summary>
public sealed class ExceptionTests(SharedCluster cluster)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task FrameworkException_keepsTypeAndMessage(int silo)
    {
        var grain = await GrainOnAsync(silo);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => grain.ThrowArgumentAsync());
        Assert.Equal("No such thing.", error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task GeneratedException_keepsItsProperties(int silo)
    {
        var grain = await GrainOnAsync(silo);
        var error = await Assert.ThrowsAsync<QuotaException>(() => grain.ThrowQuotaAsync());
        Assert.Equal(("Too much.", 42, "tokens"), (error.Message, error.Limit, error.Field));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task ThrownSynchronously_arrivesLikeAnyOther(int silo)
    {
        var grain = await GrainOnAsync(silo);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => grain.ThrowAtOnceAsync());
        Assert.Equal("At once.", error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task InnerException_arrivesToo(int silo)
    {
        var grain = await GrainOnAsync(silo);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => grain.ThrowNestedAsync());
        Assert.Equal(7, Assert.IsType<QuotaException>(error.InnerException).Limit);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task RemoteException_namesWhereItWasThrown(int silo)
    {
        var grain = await GrainOnAsync(silo);
        var error = await Assert.ThrowsAsync<QuotaException>(() => grain.ThrowQuotaAsync());
        Assert.Contains(nameof(ThrowingGrain.ThrowQuotaAsync), error.StackTrace, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task FromEnumerable_arrivesAfterTheItems(int silo)
    {
        var grain = await GrainOnAsync(silo);
        List<int> items = [];
        var error = await Assert.ThrowsAsync<QuotaException>(async () =>
        {
            await foreach (var item in grain.CountThenThrowAsync(3))
            {
                items.Add(item);
            }
        });

        Assert.Equal([0, 1, 2], items);
        Assert.Equal(("Stream ended badly.", 3, "items"), (error.Message, error.Limit, error.Field));
    }

    [Fact]
    public async Task BetweenGrains_canBeCaught()
    {
        var (near, far) = (await GrainOnAsync(0), await GrainOnAsync(1));
        Assert.Equal("Too much. 42 tokens", await near.CallAndDescribeAsync(far));
    }

    [Fact]
    public async Task Throwing_leavesTheActivationAlive()
    {
        var grain = await GrainOnAsync(1);
        await Assert.ThrowsAsync<QuotaException>(() => grain.ThrowQuotaAsync());
        Assert.Equal(cluster.Silo(1), await grain.WhereAsync());
    }

    private async Task<IThrowingGrain> GrainOnAsync(int silo)
    {
        var grain = cluster.From(0).GetGrain<IThrowingGrain>(SharedCluster.NewKey());
        Assert.Equal(cluster.Silo(silo), await cluster.AtAsync(silo, () => grain.WhereAsync()));
        return grain;
    }
}
