using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Granary.Clustering;
using Granary.Grains.Tests.Fixtures;
using Granary.Serving;
using Granary.Shards;

namespace Granary.Grains.Tests.Shards;

public sealed class HeartbeatsTests
{
    private readonly ManualTime _time = new();
    private readonly LocalDrain _drain = new();
    private readonly Channel<TokenFrame> _source = Channel.CreateUnbounded<TokenFrame>();
    private bool _isLate;
    private bool _hasLeft;

    [Fact]
    public async Task AddToAsync_silence_is_broken_every_period_and_frames_come_as_they_are()
    {
        await using var frames = Open();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("heartbeat", await NextAsync(frames, Heartbeats.Period));
        }

        Assert.Equal("0", await NextAsync(frames, token: 0));
        Assert.Equal("heartbeat", await NextAsync(frames, Heartbeats.Period));
        _source.Writer.Complete();
        Assert.Equal("end", await NextAsync(frames));
    }

    [Fact]
    public async Task AddToAsync_between_frames_that_come_often_there_is_nothing()
    {
        await using var frames = Open();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal($"{i}", await NextAsync(frames, 0.4 * Heartbeats.Period, i));
        }

        Assert.Equal("heartbeat", await NextAsync(frames, Heartbeats.Period));
    }

    [Fact]
    public async Task AddToAsync_engine_has_begun_the_next_sign_says_so()
    {
        var heartbeats = new Heartbeats(() => false, _drain, _time);
        await using var frames = heartbeats.AddToAsync(SourceAsync, CancellationToken.None).GetAsyncEnumerator();
        Assert.False(await NextSignAsync());

        heartbeats.Begin();

        Assert.True(await NextSignAsync());

        async Task<bool> NextSignAsync()
        {
            var next = frames.MoveNextAsync().AsTask();
            await OutcomeAsync(frames, next, Heartbeats.Period);
            return frames.Current.HasBegun;
        }
    }

    [Fact]
    public async Task AddToAsync_late_engine_gives_no_sign_of_life_until_it_goes_on()
    {
        await using var frames = Open();
        _isLate = true;
        var next = frames.MoveNextAsync().AsTask();
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(Heartbeats.Period);
            await Task.Yield();
        }

        Assert.False(next.IsCompleted);
        _isLate = false;
        Assert.Equal("heartbeat", await OutcomeAsync(frames, next, Heartbeats.Period));
    }

    [Fact]
    public async Task AddToAsync_drain_is_told_at_once_and_again()
    {
        await using var frames = Open();
        Assert.Equal("0", await NextAsync(frames, token: 0));
        var next = frames.MoveNextAsync().AsTask();
        _drain.Begin();
        Assert.Equal("leave", await OutcomeAsync(frames, next));

        var told = new List<string>();
        for (var i = 0; i < 9; i++)
        {
            told.Add(await NextAsync(frames, Heartbeats.Period));
        }

        Assert.Equal(["heartbeat", "heartbeat", "heartbeat", "heartbeat", "heartbeat", "heartbeat", "heartbeat", "leave", "heartbeat"], told);

        // Tokens do not keep it from being said.
        _time.Advance(Heartbeats.LeavingPeriod);
        Assert.Equal("leave", await NextAsync(frames, token: 1));
        Assert.Equal("1", await NextAsync(frames));
    }

    [Fact]
    public async Task AddToAsync_generation_that_begins_while_the_silo_is_drained_is_told_later()
    {
        _drain.Begin();
        await using var frames = Open();
        Assert.Equal("0", await NextAsync(frames, token: 0));
        Assert.Equal("heartbeat", await NextAsync(frames, Heartbeats.Period));
        Assert.Equal("leave", await NextAsync(frames, Heartbeats.LeavingPeriod));
    }

    [Fact]
    public async Task AddToAsync_reader_that_leaves_between_two_frames_ends_the_source()
    {
        var frames = Open();
        Assert.Equal("heartbeat", await NextAsync(frames, Heartbeats.Period));
        await frames.DisposeAsync();
        Assert.True(_hasLeft);
    }

    [Fact]
    public async Task AddToAsync_failure_comes_through()
    {
        await using var frames = Open();
        _source.Writer.Complete(new InvalidOperationException("broken"));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await frames.MoveNextAsync());
    }

    private IAsyncEnumerator<TokenFrame> Open() => new Heartbeats(() => _isLate, _drain, _time).AddToAsync(SourceAsync, CancellationToken.None).GetAsyncEnumerator();

    private async IAsyncEnumerable<TokenFrame> SourceAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var frame in _source.Reader.ReadAllAsync(cancellationToken))
            {
                yield return frame;
            }
        }
        finally
        {
            _hasLeft = true;
        }
    }

    private Task<string> NextAsync(IAsyncEnumerator<TokenFrame> frames, TimeSpan after = default, int? token = null) =>
        OutcomeAsync(frames, frames.MoveNextAsync().AsTask(), after, token);

    private async Task<string> OutcomeAsync(IAsyncEnumerator<TokenFrame> frames, Task<bool> next, TimeSpan after = default, int? token = null)
    {
        _time.Advance(after);
        if (token is { } index)
        {
            _source.Writer.TryWrite(new TokenFrame { FirstIndex = index, Tokens = [index], Text = "" });
        }

        return await next.WaitAsync(TurnReading.Patience)
            ? frames.Current switch { { IsLeaving: true, IsHeartbeat: true } => "leave", { IsHeartbeat: true } => "heartbeat", var frame => $"{frame.FirstIndex}" }
            : "end";
    }
}
