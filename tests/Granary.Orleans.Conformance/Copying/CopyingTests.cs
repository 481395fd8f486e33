using Orleans.Concurrency;

namespace Granary.Conformance.Copying;

/// <summary>Silo 0 calls a grain on silo 0 (near) or silo 1 (far).</summary>
public sealed class CopyingTests(SharedCluster cluster)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Argument_mutatedByTheGrain_staysAsItWasForTheCaller(int silo)
    {
        var grain = await GrainOnAsync(silo);
        List<int> items = [1, 2];

        Assert.Equal(3, await grain.AppendAsync(items));
        Assert.Equal([1, 2], items);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Argument_mutatedByTheCallerLater_staysAsItWasForTheGrain(int silo)
    {
        var grain = await GrainOnAsync(silo);
        var box = new MutableBox { Items = [1] };
        await grain.KeepAsync(box);
        box.Items.Add(2);

        Assert.Equal([1], (await grain.GetKeptAsync()).Items);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Result_mutatedByTheCaller_staysAsItWasForTheGrain(int silo)
    {
        var grain = await GrainOnAsync(silo);
        await grain.KeepAsync(new MutableBox { Items = [1] });
        (await grain.GetKeptAsync()).Items.Add(2);

        Assert.Equal([1], (await grain.GetKeptAsync()).Items);
    }

    [Fact]
    public async Task Mutable_withinASilo_isCopied()
    {
        var grain = await GrainOnAsync(0);
        Assert.False(await grain.IsSharedAsync(Shared.Box));
        Assert.False(await grain.IsSharedByteMemoryAsync(Shared.Bytes));
    }

    [Fact]
    public async Task Immutable_withinASilo_isPassedAsItIs()
    {
        var grain = await GrainOnAsync(0);
        Assert.True(await grain.IsSharedFrozenAsync(Shared.Frozen));
        Assert.True(await grain.IsSharedImmutableAsync(new Immutable<MutableBox>(Shared.Box)));
        Assert.True(await grain.IsSharedParameterAsync(Shared.Box));
        Assert.Same(Shared.Frozen, await grain.GetSharedFrozenAsync());
    }

    [Fact]
    public async Task Immutable_toAnotherSilo_isEqualInContent()
    {
        var grain = await GrainOnAsync(1);
        Assert.Equal(Shared.Frozen.Items, (await grain.GetSharedFrozenAsync()).Items);
    }

    private async Task<ICopyGrain> GrainOnAsync(int silo)
    {
        var grain = cluster.From(0).GetGrain<ICopyGrain>(SharedCluster.NewKey());
        await cluster.AtAsync(silo, () => grain.GetKeptAsync());
        return grain;
    }
}
