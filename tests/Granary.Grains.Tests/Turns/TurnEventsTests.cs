using Granary.Grains.Tests.Fixtures;
using Granary.Serving;
using Granary.Sessions;
using Granary.Turns;

namespace Granary.Grains.Tests.Turns;

public sealed class TurnEventsTests
{
    private readonly ManualTime _time = new();
    private readonly TurnEvents _events;

    public TurnEventsTests() => _events = new("s", 0, _time);

    [Fact]
    public async Task Read_by_many_at_once_gives_each_every_frame_in_order()
    {
        const int Frames = 200;
        var readers = Enumerable.Range(0, 8).Select(i => Task.Run(() => ReadAsync(i, TestContext.Current.CancellationToken))).ToArray();

        for (var i = 0; i < Frames; i++)
        {
            _events.Add(Frame(i));
            if (i % 3 == 0)
            {
                await Task.Yield();
            }
        }

        _events.End();

        var read = await Task.WhenAll(readers).WaitAsync(TurnReading.Patience);
        for (var i = 0; i < read.Length; i++)
        {
            Assert.Equal(Enumerable.Range(i, Frames - i), read[i]);
        }
    }

    [Fact]
    public async Task Read_cancelled_while_it_waits_ends_and_is_counted_no_more()
    {
        using var stop = new CancellationTokenSource();
        var reader = ReadAsync(0, stop.Token);
        Assert.Null(_events.Readers.Absence);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.WaitAsync(TurnReading.Patience));
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(3), _events.Readers.Absence);
        Assert.False(_events.Readers.Read.IsCompleted);
    }

    [Fact]
    public async Task Read_to_the_end_is_known_when_the_last_reader_has_left()
    {
        _events.Readers.Enter();
        _events.Add(Frame(0));
        _events.End();

        Assert.Equal([0], await ReadAsync(0, TestContext.Current.CancellationToken));

        Assert.False(_events.Readers.Read.IsCompleted);
        _events.Readers.Leave();
        Assert.True(_events.Readers.Read.IsCompleted);
    }

    [Fact]
    public async Task Read_of_a_turn_that_failed_throws_behind_its_last_frame()
    {
        _events.Add(Frame(0));
        _events.End(new TurnMovedException());

        await using var events = _events.ReadAsync(0, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await events.MoveNextAsync());
        await Assert.ThrowsAsync<TurnMovedException>(async () => await events.MoveNextAsync());
        Assert.False(_events.Readers.Read.IsCompleted);
    }

    [Fact]
    public async Task ReadTokens_from_the_middle_of_a_frame_gives_its_rest()
    {
        _events.Add(new TokenFrame { FirstIndex = 0, Tokens = [5, 6, 7], Text = "abc" });
        _events.End();

        var events = new List<TurnEvent>();
        await foreach (var item in _events.ReadTokensAsync(2, TestContext.Current.CancellationToken))
        {
            events.Add(item);
        }

        Assert.Equal([7], Assert.Single(events).Frame!.Tokens);
    }

    private static TokenFrame Frame(int index) => new() { FirstIndex = index, Tokens = [index], Text = "x" };

    private async Task<List<int>> ReadAsync(int nextRecord, CancellationToken cancellationToken)
    {
        var records = new List<int>();
        await foreach (var item in _events.ReadAsync(nextRecord, cancellationToken))
        {
            records.Add(item.Record);
        }

        return records;
    }
}
