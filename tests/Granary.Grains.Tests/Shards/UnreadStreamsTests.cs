using System.Runtime.CompilerServices;
using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Serving;
using Granary.Shards;

namespace Granary.Grains.Tests.Shards;

public sealed class UnreadStreamsTests
{
    private readonly ManualTime _time = new();
    private CancellationToken _source;

    [Fact]
    public async Task EndAsync_reader_that_comes_in_time_gets_every_frame()
    {
        await using var frames = Open();
        for (var i = 0; i < 5; i++)
        {
            Assert.True(await frames.MoveNextAsync());
            Assert.Equal(i, frames.Current.FirstIndex);
            _time.Advance(0.9 * UnreadStreams.Patience);
        }

        Assert.False(_source.IsCancellationRequested);
    }

    [Fact]
    public async Task EndAsync_reader_that_does_not_come_back_ends_the_source_at_once_and_is_told_later()
    {
        await using var frames = Open();
        Assert.True(await frames.MoveNextAsync());

        _time.Advance(UnreadStreams.Patience);

        Assert.True(_source.IsCancellationRequested);
        var refusal = await Assert.ThrowsAsync<GranaryException>(async () => await frames.MoveNextAsync());
        Assert.Equal(ErrorCode.Unavailable, refusal.Code);
    }

    private IAsyncEnumerator<TokenFrame> Open() =>
        UnreadStreams.EndAsync(FramesAsync, _time, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

    private async IAsyncEnumerable<TokenFrame> FramesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _source = cancellationToken;
        for (var i = 0; ; i++)
        {
            await Task.Yield();
            yield return new TokenFrame { FirstIndex = i, Tokens = [i], Text = "" };
        }
    }
}
