using Orleans.Storage;

namespace Granary.Conformance.Persistence;

/// <summary>What every storage provider must do; a subclass names the provider's grain and cluster.</summary>
public abstract class StorageTests<TGrain>(StorageCluster cluster)
    where TGrain : ILedgerGrain
{
    private TGrain NewGrain => cluster.Client.GetGrain<TGrain>(SharedCluster.NewKey());

    [Fact]
    public async Task Activation_ofANewGrain_hasEmptyState()
    {
        var view = await NewGrain.GetAtActivationAsync();
        Assert.Equal((0, false), (view.State.Balance, view.Exists));
        Assert.Null(view.Etag);
    }

    [Fact]
    public async Task Write_thenDeactivate_isReadBeforeOnActivate()
    {
        var grain = NewGrain;
        var ledger = NewLedger();
        var written = await grain.WriteAsync(ledger);
        Assert.True(written.Exists);
        Assert.NotNull(written.Etag);

        await grain.DeactivateAsync();
        var read = await grain.GetAtActivationAsync();

        Assert.NotEqual(written.Activation, read.Activation);
        Assert.Equal(written.Etag, read.Etag);
        Assert.True(read.Exists);
        Assert.Equivalent(ledger, read.State, strict: true);
    }

    [Fact]
    public async Task Write_again_changesTheEtag()
    {
        var grain = NewGrain;
        var first = await grain.WriteAsync(new Ledger { Balance = 1 });
        var second = await grain.WriteAsync(new Ledger { Balance = 2 });

        Assert.NotEqual(first.Etag, second.Etag);
        Assert.Equal(2, (await grain.ReadAsync()).State.Balance);
    }

    [Fact]
    public async Task Write_withAStaleEtag_throwsAndDeactivates()
    {
        var grain = NewGrain;
        var first = await grain.WriteAsync(new Ledger { Balance = 1 });
        await grain.WriteBehindAsync(2);

        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.WriteAsync(new Ledger { Balance = 3 }));

        var next = await grain.GetAtActivationAsync();
        Assert.NotEqual(first.Activation, next.Activation);
        Assert.Equal(2, next.State.Balance);
    }

    [Fact]
    public async Task Write_whenAnotherCreatedTheRecord_throws()
    {
        var grain = NewGrain;
        await grain.GetAsync();
        await grain.WriteBehindAsync(2);

        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.WriteAsync(new Ledger { Balance = 3 }));
        Assert.Equal(2, (await grain.GetAtActivationAsync()).State.Balance);
    }

    [Fact]
    public async Task Clear_withAStaleEtag_throws()
    {
        var grain = NewGrain;
        await grain.WriteAsync(new Ledger { Balance = 1 });
        await grain.WriteBehindAsync(2);

        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.ClearAsync());
        Assert.Equal(2, (await grain.GetAtActivationAsync()).State.Balance);
    }

    [Fact]
    public async Task Clear_leavesNoRecord_andCanBeWrittenAgain()
    {
        var grain = NewGrain;
        await grain.WriteAsync(NewLedger());
        var cleared = await grain.ClearAsync();
        Assert.Equal((0, false), (cleared.State.Balance, cleared.Exists));

        await grain.DeactivateAsync();
        var read = await grain.GetAtActivationAsync();
        Assert.Equal((0, false), (read.State.Balance, read.Exists));

        Assert.True((await grain.WriteAsync(new Ledger { Balance = 5 })).Exists);
        Assert.Equal(5, (await grain.ReadAsync()).State.Balance);
    }

    [Fact]
    public async Task Grains_haveRecordsOfTheirOwn()
    {
        var (one, two) = (NewGrain, NewGrain);
        await Task.WhenAll(one.WriteAsync(new Ledger { Balance = 1 }), two.WriteAsync(new Ledger { Balance = 2 }));

        Assert.Equal(1, (await one.ReadAsync()).State.Balance);
        Assert.Equal(2, (await two.ReadAsync()).State.Balance);
    }

    [Fact]
    public async Task Key_ofAnyText_findsItsRecord()
    {
        foreach (var key in new[] { "äöü/日本 'quoted' \"x\"", "42", "a/b+c#d", Guid.NewGuid().ToString("N"), new string('k', 300) })
        {
            var grain = cluster.Client.GetGrain<TGrain>(SharedCluster.NewKey() + key);
            await grain.WriteAsync(new Ledger { Balance = key.Length });
            await grain.DeactivateAsync();
            Assert.Equal(key.Length, (await grain.GetAtActivationAsync()).State.Balance);
        }
    }

    [Fact]
    public async Task State_ofAMegabyte_isKept()
    {
        var grain = NewGrain;
        var blob = new byte[1 << 20];
        new Random(1).NextBytes(blob);
        await grain.WriteAsync(new Ledger { Blob = blob });
        await grain.DeactivateAsync();

        Assert.Equal(blob, (await grain.GetAtActivationAsync()).State.Blob);
    }

    private static Ledger NewLedger() => new()
    {
        Balance = -7,
        Entries = ["one", "zwei", ""],
        Rates = new() { ["eur"] = 1.25, ["usd"] = double.MaxValue },
        Blob = [0, 255, 1],
        Owner = new LedgerOwner("Ada", Guid.NewGuid()),
        At = new DateTimeOffset(2026, 8, 1, 12, 30, 0, TimeSpan.FromHours(2)),
    };
}
