namespace Granary.Conformance.Turns;

public sealed class TurnTests(SharedCluster cluster)
{
    [Fact]
    public async Task Call_whileAnotherAwaits_waitsForItsTurn()
    {
        var key = SharedCluster.NewKey();
        var grain = cluster.Client.GetGrain<ITurnGrain>(key);
        var holding = grain.HoldAsync();
        await Signals.WaitAsync($"{key}/in");

        var adding = grain.AddAsync("second");
        await grain.PeekAsync(); // Interleaves and was sent later: the second call has arrived by now.
        Assert.False(adding.IsCompleted);
        Signals.Raise($"{key}/go");
        await Task.WhenAll(holding, adding);

        Assert.Equal(["hold", "held", "second"], await grain.GetLogAsync());
    }

    [Fact]
    public async Task Calls_fromAllSilos_neverShareTheGrain()
    {
        var key = SharedCluster.NewKey();
        var calls = Enumerable.Range(0, 60)
            .Select(i => cluster.From(i % SharedCluster.SiloCount).GetGrain<ITurnGrain>(key).CountAfterYieldsAsync(20));

        Assert.All(await Task.WhenAll(calls), inside => Assert.Equal(1, inside));
    }

    [Fact]
    public async Task Calls_fromOneCallerAwaited_keepTheirOrder()
    {
        var grain = cluster.Client.GetGrain<ITurnGrain>(SharedCluster.NewKey());
        var entries = Enumerable.Range(0, 50).Select(i => i.ToString()).ToArray();
        foreach (var entry in entries)
        {
            await grain.AddAsync(entry);
        }

        Assert.Equal(entries, await grain.GetLogAsync());
    }
}
