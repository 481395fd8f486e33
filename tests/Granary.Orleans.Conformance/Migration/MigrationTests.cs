namespace Granary.Conformance.Migration;

public sealed class MigrationTests(SharedCluster cluster)
{
    [Fact]
    public async Task Migrate_movesTheGrainWithItsState()
    {
        var grain = cluster.From(2).GetGrain<IMigrantGrain>(SharedCluster.NewKey());
        var before = await cluster.AtAsync(0, () => grain.LookAsync());
        Assert.Equal((cluster.Silo(0), 0, false), before);
        await grain.AddAsync(5);
        await grain.MoveAsync(cluster.Silo(1));

        Assert.Equal((cluster.Silo(1), 5, true), await ArriveAsync(grain, cluster.Silo(1)));
        Assert.Equal((cluster.Silo(1), 5, true), await cluster.From(0).GetGrain<IMigrantGrain>(grain.GetPrimaryKeyString()).LookAsync());
    }

    [Fact]
    public async Task Migrate_backAndForth_losesNoCall()
    {
        var grain = cluster.From(0).GetGrain<IMigrantGrain>(SharedCluster.NewKey());
        await cluster.AtAsync(0, () => grain.LookAsync());
        for (var round = 0; round < 4; round++)
        {
            var calls = Enumerable.Range(0, 20).Select(i => cluster.From(i % 3).GetGrain<IMigrantGrain>(grain.GetPrimaryKeyString()).AddAsync(1)).ToArray();
            await grain.MoveAsync(cluster.Silo(1 + (round % 2)));
            await Task.WhenAll(calls);
            await SeenFromEverySiloAsync(grain, cluster.Silo(1 + (round % 2)));
        }

        Assert.Equal(80, (await grain.LookAsync()).Count);
    }

    /// <summary>Until no silo knows an older place than this: Orleans forwards a message twice, not more often.</summary>
    private async Task SeenFromEverySiloAsync(IMigrantGrain grain, SiloAddress silo)
    {
        for (var from = 0; from < 3; from++)
        {
            await ArriveAsync(cluster.From(from).GetGrain<IMigrantGrain>(grain.GetPrimaryKeyString()), silo);
        }
    }

    /// <summary>A grain migrates after the call that asks for it; a call in between is still answered by the old activation.</summary>
    private static async Task<(SiloAddress Silo, int Count, bool Rehydrated)> ArriveAsync(IMigrantGrain grain, SiloAddress silo)
    {
        while (true)
        {
            var view = await grain.LookAsync();
            if (view.Silo.Equals(silo))
            {
                return view;
            }
        }
    }
}
