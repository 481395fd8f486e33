using Granary.Errors;
using Granary.Serving;
using Granary.TokenLog;
using Granary.TokenLog.Stores;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Grains.Tests.TokenLog;

public sealed class TokenLogTests
{
    private static readonly TurnKey Turn = new("session/s", 0);
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly FaultyStore _store = new();

    [Fact]
    public async Task Append_frames_are_read_back_in_order()
    {
        await using var log = Create();
        var lease = (await log.OpenAsync(Turn, [1], None)).Lease;
        for (var i = 0; i < 5; i++)
        {
            await log.AppendAsync(lease, i, Frame(i), None);
        }

        var read = (await log.ReadAsync(Turn, None))!;

        Assert.Equal(Enumerable.Range(0, 5), read.Frames.Select(frame => frame.FirstIndex));
        Assert.Equal(lease, read.Lease);
        Assert.Null(await log.ReadAsync(Turn with { Turn = 9 }, None));
    }

    [Fact]
    public async Task Append_of_many_turns_shares_commits()
    {
        await using var log = Create(options => options.CommitInterval = TimeSpan.FromMilliseconds(20));
        var leases = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i => (await log.OpenAsync(Turn with { Turn = i }, null, None)).Lease));

        await Task.WhenAll(leases.Select(lease => log.AppendAsync(lease, 0, Frame(0), None).AsTask()));

        Assert.True(_store.Batches.Max() > 1);
        Assert.Equal(50, _store.Batches.Sum());
    }

    [Fact]
    public async Task Append_while_the_store_is_away_waits_and_is_written_when_it_is_back()
    {
        await using var log = Create();
        var lease = (await log.OpenAsync(Turn, null, None)).Lease;
        _store.IsAway = true;

        var append = log.AppendAsync(lease, 0, Frame(0), None).AsTask();
        await _store.Tried.Task;
        Assert.False(append.IsCompleted);
        _store.IsAway = false;
        await append;

        Assert.Single((await log.ReadAsync(Turn, None))!.Frames);
        Assert.True(_store.Commits > 1);
    }

    [Theory]
    [InlineData(TokenLogMode.Committed)]
    [InlineData(TokenLogMode.Async)]
    public async Task Fail_says_so_to_whoever_opens_the_turn_and_leaves_it_open(TokenLogMode mode)
    {
        await using var log = Create(options => options.Mode = mode);
        var lease = (await log.OpenAsync(Turn, null, None)).Lease;
        await log.AppendAsync(lease, 0, Frame(0), None);

        await log.FailAsync(lease, 1, None);
        await log.FailAsync(lease, 1, None);

        var opened = await log.OpenAsync(Turn, null, None);
        Assert.Equal((1, true, false), (opened.Frames.Count, opened.HasFailed, opened.IsClosed));
        Assert.Single(await log.ListOpenAsync(None));
        Assert.Equal(2, _store.Batches.Sum() - 1); // the repetition is a record that the store has already
        await log.CloseAsync(opened.Lease, null, None);
        Assert.True((await log.ReadAsync(Turn, None))!.HasFailed);
    }

    [Theory]
    [InlineData(TokenLogMode.Committed)]
    [InlineData(TokenLogMode.Async)]
    public async Task Fail_by_who_has_lost_the_turn_fails_nothing(TokenLogMode mode)
    {
        await using var log = Create(options => options.Mode = mode);
        var lease = (await log.OpenAsync(Turn, null, None)).Lease;
        await log.OpenAsync(Turn, null, None);

        await Assert.ThrowsAsync<FencedException>(() => log.FailAsync(lease, 0, None));

        Assert.False((await log.ReadAsync(Turn, None))!.HasFailed);
    }

    [Fact]
    public async Task Append_cancelled_stops_waiting_and_repeating_it_writes_once()
    {
        await using var log = Create();
        var lease = (await log.OpenAsync(Turn, null, None)).Lease;
        _store.Block();
        using var cancel = new CancellationTokenSource();

        var append = log.AppendAsync(lease, 0, Frame(0), cancel.Token).AsTask();
        await _store.Tried.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => append);
        _store.Open();
        await log.AppendAsync(lease, 0, Frame(0), None);

        Assert.Single((await log.ReadAsync(Turn, None))!.Frames);
    }

    [Fact]
    public async Task Append_after_another_one_opened_the_turn_is_fenced_and_others_are_not()
    {
        await using var log = Create();
        await using var paused = Create();
        var old = (await paused.OpenAsync(Turn, null, None)).Lease;
        var other = (await paused.OpenAsync(Turn with { Turn = 1 }, null, None)).Lease;
        await paused.AppendAsync(old, 0, Frame(0), None);
        var current = await log.OpenAsync(Turn, null, None);

        var late = paused.AppendAsync(old, 1, Frame(7), None).AsTask();
        var fine = paused.AppendAsync(other, 0, Frame(0), None).AsTask();
        await log.AppendAsync(current.Lease, 1, Frame(1), None);

        await Assert.ThrowsAsync<FencedException>(() => late);
        await fine;
        await Assert.ThrowsAsync<FencedException>(() => paused.CloseAsync(old, null, None));
        Assert.Equal([0, 1], (await log.ReadAsync(Turn, None))!.Frames.Select(frame => frame.FirstIndex));
    }

    [Fact]
    public async Task Append_with_a_hole_is_refused()
    {
        await using var log = Create();
        var lease = (await log.OpenAsync(Turn, null, None)).Lease;
        _store.Block();
        var first = log.AppendAsync(lease, 0, Frame(0), None).AsTask();
        await _store.Tried.Task;
        var second = log.AppendAsync(lease, 1, Frame(1), None).AsTask();
        var fourth = log.AppendAsync(lease, 3, Frame(3), None).AsTask();
        _store.Open();

        await first;
        await second;
        await Assert.ThrowsAsync<InvalidOperationException>(() => fourth);
    }

    [Fact]
    public async Task Append_async_returns_at_once_and_waits_only_where_the_bound_is_reached()
    {
        await using var log = Create(options => (options.Mode, options.MaxWaiting) = (TokenLogMode.Async, 3));
        var lease = (await log.OpenAsync(Turn, null, None)).Lease;
        _store.Block();
        for (var i = 0; i < 3; i++)
        {
            Assert.True(log.AppendAsync(lease, i, Frame(i), None).IsCompletedSuccessfully);
        }

        var fourth = log.AppendAsync(lease, 3, Frame(3), None).AsTask();
        await _store.Tried.Task;
        Assert.False(fourth.IsCompleted);
        _store.Open();
        await fourth;
        await log.CloseAsync(lease, null, None);

        Assert.Equal(4, (await log.ReadAsync(Turn, None))!.Frames.Count);
    }

    [Fact]
    public async Task Append_async_is_fenced_at_a_later_append()
    {
        await using var log = Create(options => options.Mode = TokenLogMode.Async);
        var old = (await log.OpenAsync(Turn, null, None)).Lease;
        await _store.OpenAsync(Turn, "another", null, None);

        await Assert.ThrowsAsync<FencedException>(async () =>
        {
            for (var i = 0; ; i++)
            {
                await log.AppendAsync(old, i, Frame(i), None);
                await Task.Yield();
            }
        });
        Assert.Empty((await log.ReadAsync(Turn, None))!.Frames);
    }

    [Fact]
    public async Task Everything_else_while_the_store_is_away_says_so()
    {
        await using var log = Create(options => options.StoreTimeout = TimeSpan.FromMilliseconds(100));
        var lease = (await log.OpenAsync(Turn, null, None)).Lease;
        _store.IsAway = true;

        foreach (var access in new Func<Task>[] { () => log.OpenAsync(Turn, null, None), () => log.ReadAsync(Turn, None), () => log.CloseAsync(lease, null, None), () => log.ListOpenAsync(None) })
        {
            Assert.Equal(ErrorCode.StoreUnavailable, (await Assert.ThrowsAsync<GranaryException>(access)).Code);
        }
    }

    [Fact]
    public async Task Commit_that_does_not_answer_is_given_up_and_tried_again()
    {
        await using var log = Create(options => options.StoreTimeout = TimeSpan.FromMilliseconds(100));
        var lease = (await log.OpenAsync(Turn, null, None)).Lease;
        _store.Block();

        var append = log.AppendAsync(lease, 0, Frame(0), None).AsTask();
        await _store.Tried.Task;
        _store.Tried = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _store.Tried.Task;
        _store.Open();
        await append;

        Assert.Single((await log.ReadAsync(Turn, None))!.Frames);
    }

    [Fact]
    public async Task Dispose_writes_what_waits()
    {
        var log = Create(options => (options.Mode, options.CommitInterval) = (TokenLogMode.Async, TimeSpan.FromMilliseconds(100)));
        var lease = (await log.OpenAsync(Turn, null, None)).Lease;
        await log.AppendAsync(lease, 0, Frame(0), None);

        await log.DisposeAsync();

        Assert.Single(Granary.TokenLog.Frames.FrameCodec.DecodeAll((await _store.ReadAsync(Turn, None))!.Records));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => log.AppendAsync(lease, 1, Frame(1), None).AsTask());
    }

    private static TokenFrame Frame(int index) => new() { FirstIndex = index, Tokens = [index], Text = $"{index} " };

    private Granary.TokenLog.SiloTokenLog Create(Action<TokenLogOptions>? configure = null)
    {
        var options = new TokenLogOptions();
        configure?.Invoke(options);
        return new Granary.TokenLog.SiloTokenLog(_store, "silo-1", options, new Granary.Health.WorkProgress(TimeProvider.System), new Granary.Health.WorkProgress(TimeProvider.System), TimeProvider.System, NullLogger<Granary.TokenLog.SiloTokenLog>.Instance);
    }
}
