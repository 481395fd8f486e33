using Granary.TokenLog;
using Granary.TokenLog.Stores;

namespace Granary.Grains.Tests.TokenLog;

/// <summary>What every store of the token log must do.</summary>
public abstract class TokenLogStoreTests
{
    private static readonly TurnKey Turn = new("session/s 1", 3);

    [Fact]
    public async Task Open_again_raises_the_epoch_and_keeps_what_is_there()
    {
        await using var store = await CreateAsync();
        var first = await OpenAsync(store, Turn, request: [1, 2, 3]);
        await AppendAsync(store, first, 0, "a", "b");

        var second = await store.OpenAsync(Turn, "silo-2", [9], CancellationToken.None);

        Assert.True(second.Epoch > first.Epoch);
        Assert.Equal([1, 2, 3], second.Request!);
        Assert.Equal("ab", Text(second));
        Assert.False(second.IsClosed);
    }

    [Fact]
    public async Task Commit_of_a_repeated_record_changes_nothing()
    {
        await using var store = await CreateAsync();
        var lease = await OpenAsync(store, Turn);
        await AppendAsync(store, lease, 0, "a", "b");

        Assert.Equal(AppendOutcome.Written, await AppendAsync(store, lease, 1, "b", "c"));
        Assert.Equal(AppendOutcome.Written, await AppendAsync(store, lease, 0, "a"));

        Assert.Equal("abc", Text((await store.ReadAsync(Turn, CancellationToken.None))!));
    }

    [Fact]
    public async Task Commit_of_a_record_whose_predecessor_is_missing_is_refused_and_the_others_are_written()
    {
        await using var store = await CreateAsync();
        var lease = await OpenAsync(store, Turn);
        var other = await OpenAsync(store, Turn with { Turn = 4 });
        await AppendAsync(store, lease, 0, "a", "b");
        TurnAppend[] appends = [Append(lease, 3, "d", "e"), Append(other, 0, "o")];

        await store.CommitAsync(appends, CancellationToken.None);

        Assert.Equal([AppendOutcome.Lost, AppendOutcome.Written], appends.Select(append => append.Outcome));
        Assert.Equal(AppendOutcome.Lost, await AppendAsync(store, await OpenAsync(store, Turn with { Turn = 5 }), 1, "x"));
        Assert.Equal("ab", Text((await store.ReadAsync(Turn, CancellationToken.None))!));
        Assert.Equal(AppendOutcome.Written, await AppendAsync(store, lease, 2, "c", "d"));
        Assert.Equal("abcd", Text((await store.ReadAsync(Turn, CancellationToken.None))!));
    }

    [Fact]
    public async Task Commit_of_an_old_lease_is_fenced_and_the_others_of_the_commit_are_written()
    {
        await using var store = await CreateAsync();
        var old = await OpenAsync(store, Turn);
        var other = await OpenAsync(store, Turn with { Turn = 4 });
        var current = await OpenAsync(store, Turn);
        TurnAppend[] appends = [Append(old, 0, "x"), Append(other, 0, "o"), Append(new TurnLease(new TurnKey("nobody", 0), 1), 0, "n")];

        await store.CommitAsync(appends, CancellationToken.None);

        Assert.Equal([AppendOutcome.Fenced, AppendOutcome.Written, AppendOutcome.Fenced], appends.Select(append => append.Outcome));
        Assert.Equal("", Text((await store.ReadAsync(Turn, CancellationToken.None))!));
        Assert.Equal("o", Text((await store.ReadAsync(other.Turn, CancellationToken.None))!));
        Assert.Null(await store.ReadAsync(new TurnKey("nobody", 0), CancellationToken.None));
        Assert.Equal(AppendOutcome.Written, await AppendAsync(store, current, 0, "y"));
    }

    [Fact]
    public async Task Open_between_appends_reads_every_append_that_was_acknowledged()
    {
        await using var store = await CreateAsync();
        var lease = await OpenAsync(store, Turn);
        var acknowledged = 0;
        var appending = Task.Run(async () =>
        {
            while (await AppendAsync(store, lease, acknowledged, "t") == AppendOutcome.Written)
            {
                acknowledged++;
            }
        });
        while (Text((await store.ReadAsync(Turn, CancellationToken.None))!).Length < 20)
        {
            await Task.Yield();
        }

        var opened = await store.OpenAsync(Turn, "silo-2", null, CancellationToken.None);
        await appending;

        Assert.Equal(acknowledged, Text(opened).Length);
        Assert.Equal(acknowledged, Text((await store.ReadAsync(Turn, CancellationToken.None))!).Length);
    }

    [Fact]
    public async Task Close_keeps_the_records_and_ends_appends()
    {
        await using var store = await CreateAsync();
        var lease = await OpenAsync(store, Turn, request: [7]);
        await AppendAsync(store, lease, 0, "a", "b");

        Assert.True(await store.CloseAsync(lease, null, CancellationToken.None));
        Assert.True(await store.CloseAsync(lease, null, CancellationToken.None));

        var closed = (await store.ReadAsync(Turn, CancellationToken.None))!;
        Assert.True(closed.IsClosed);
        Assert.Equal("ab", Text(closed));
        Assert.Equal([7], closed.Request!);
        Assert.Equal(AppendOutcome.Fenced, await AppendAsync(store, lease, 2, "c"));
        Assert.True((await store.OpenAsync(Turn, "silo-2", null, CancellationToken.None)).IsClosed);
        Assert.Empty(await store.ListOpenAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Close_of_an_old_lease_or_a_forgotten_turn_is_refused()
    {
        await using var store = await CreateAsync();
        var old = await OpenAsync(store, Turn);
        var current = await OpenAsync(store, Turn);

        Assert.False(await store.CloseAsync(old, null, CancellationToken.None));
        Assert.False((await store.ReadAsync(Turn, CancellationToken.None))!.IsClosed);
        await store.DeleteAsync(Turn.Owner, CancellationToken.None);
        Assert.False(await store.CloseAsync(current, null, CancellationToken.None));
    }

    [Fact]
    public async Task Turns_are_closed_together_and_each_has_its_own_outcome()
    {
        await using var store = await CreateAsync();
        var first = await OpenAsync(store, new TurnKey("completion/b", 0), request: [7]);
        await AppendAsync(store, first, 0, "a", "b");
        var old = await OpenAsync(store, Turn);
        await OpenAsync(store, Turn);
        var last = await OpenAsync(store, new TurnKey("completion/a", 0));
        await AppendAsync(store, last, 0, "c");

        var closed = await store.CloseAsync(
            [new TurnClosing(first, null), new TurnClosing(old, null), new TurnClosing(new TurnLease(new TurnKey("completion/none", 0), 1), null), new TurnClosing(last, TimeSpan.FromHours(1))], CancellationToken.None);

        Assert.Equal([true, false, false, true], closed);
        Assert.Equal(["ab", "c"], new[] { Text((await store.ReadAsync(first.Turn, CancellationToken.None))!), Text((await store.ReadAsync(last.Turn, CancellationToken.None))!) });
        Assert.Equal(Turn, Assert.Single(await store.ListOpenAsync(CancellationToken.None)).Turn);
    }

    [Fact]
    public async Task ListOpen_names_the_turns_that_are_not_closed_with_their_last_silo()
    {
        await using var store = await CreateAsync();
        var closed = await OpenAsync(store, Turn);
        await store.CloseAsync(closed, null, CancellationToken.None);
        await OpenAsync(store, Turn with { Turn = 4 });
        await store.OpenAsync(Turn with { Turn = 4 }, "silo-2", null, CancellationToken.None);
        await OpenAsync(store, new TurnKey("completion/c", 0));

        var open = await store.ListOpenAsync(CancellationToken.None);

        Assert.Equal(
            [new OpenTurn(new TurnKey("completion/c", 0), "silo-1"), new OpenTurn(Turn with { Turn = 4 }, "silo-2")],
            open.OrderBy(turn => turn.Turn.Owner, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Delete_forgets_all_turns_of_the_owner_alone()
    {
        await using var store = await CreateAsync();
        var other = new TurnKey("session/s 10", 3);
        await AppendAsync(store, await OpenAsync(store, Turn), 0, "a");
        await store.CloseAsync(await OpenAsync(store, Turn with { Turn = 0 }), null, CancellationToken.None);
        await AppendAsync(store, await OpenAsync(store, other), 0, "b");

        await store.DeleteAsync(Turn.Owner, CancellationToken.None);
        await store.DeleteAsync(Turn.Owner, CancellationToken.None);

        Assert.Null(await store.ReadAsync(Turn, CancellationToken.None));
        Assert.Null(await store.ReadAsync(Turn with { Turn = 0 }, CancellationToken.None));
        Assert.Equal("b", Text((await store.ReadAsync(other, CancellationToken.None))!));
        Assert.Equal([other], (await store.ListOpenAsync(CancellationToken.None)).Select(turn => turn.Turn));
        Assert.Equal("", Text(await store.OpenAsync(Turn, "silo-1", null, CancellationToken.None)));
    }

    [Fact]
    public async Task Close_with_a_time_forgets_the_turn_after_it()
    {
        await using var store = await CreateAsync();
        await store.CloseAsync(await OpenAsync(store, Turn), TimeSpan.FromMilliseconds(30), CancellationToken.None);
        await store.CloseAsync(await OpenAsync(store, Turn with { Turn = 4 }), TimeSpan.FromHours(1), CancellationToken.None);

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await store.ReadAsync(Turn, limit.Token) is not null)
        {
            await store.ExpireAsync(limit.Token);
        }

        Assert.NotNull(await store.ReadAsync(Turn with { Turn = 4 }, CancellationToken.None));
    }

    /// <summary>An empty store of its own.</summary>
    internal abstract Task<ITokenLogStore> CreateAsync();

    private static async Task<TurnLease> OpenAsync(ITokenLogStore store, TurnKey turn, byte[]? request = null) =>
        new(turn, (await store.OpenAsync(turn, "silo-1", request, CancellationToken.None)).Epoch);

    private static async Task<AppendOutcome> AppendAsync(ITokenLogStore store, TurnLease lease, int first, params string[] records)
    {
        var append = Append(lease, first, records);
        await store.CommitAsync([append], CancellationToken.None);
        return append.Outcome;
    }

    private static TurnAppend Append(TurnLease lease, int first, params string[] records)
    {
        var append = new TurnAppend(lease, first);
        append.Records.AddRange(records.Select(record => System.Text.Encoding.UTF8.GetBytes(record)));
        return append;
    }

    private static string Text(StoredTurn turn) => System.Text.Encoding.UTF8.GetString(turn.Records);
}
