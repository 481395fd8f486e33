using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Granary.Grains.Tests.Fixtures;
using Granary.Streaming;

namespace Granary.Grains.Tests.Streaming;

public sealed class MovingStreamTests
{
    private readonly Channel<int> _source = Channel.CreateUnbounded<int>();
    private readonly Wake _wake = new();
    private readonly MovingStream<int> _stream;
    private bool _hasEnded;

    public MovingStreamTests() => _stream = new(SourceAsync(CancellationToken.None).GetAsyncEnumerator(), _wake);

    [Fact]
    public async Task Wake_set_before_the_wait_or_twice_ends_one_wait()
    {
        _wake.Set();
        _wake.Set();

        Assert.True(_wake.WaitAsync().AsTask().IsCompletedSuccessfully);
        var wait = _wake.WaitAsync().AsTask();
        Assert.False(wait.IsCompleted);
        _wake.Set();
        await wait.WaitAsync(TurnReading.Patience);
    }

    [Fact]
    public async Task Move_that_ends_wakes_its_reader()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.False(_stream.Move());
            var wait = _wake.WaitAsync().AsTask();
            _source.Writer.TryWrite(i);
            await wait.WaitAsync(TurnReading.Patience);

            Assert.True(_stream.HasMoved);
            Assert.True(_stream.Move()); // it was not taken
            Assert.True(_stream.Take());
            Assert.Equal(i, _stream.Current);
        }
    }

    [Fact]
    public async Task Take_of_what_the_stream_threw_throws()
    {
        _source.Writer.Complete(new InvalidOperationException("broken"));
        if (!_stream.Move())
        {
            await _wake.WaitAsync();
        }

        Assert.Throws<InvalidOperationException>(() => _stream.Take());
    }

    [Fact]
    public async Task End_waits_for_the_move_and_wakes_nobody()
    {
        Assert.False(_stream.Move());
        var end = _stream.EndAsync().AsTask();
        var wait = _wake.WaitAsync().AsTask();
        Assert.False(end.IsCompleted);

        _source.Writer.TryWrite(0);

        await end.WaitAsync(TurnReading.Patience);
        Assert.True(_hasEnded);
        Assert.False(wait.IsCompleted);
    }

    private async IAsyncEnumerable<int> SourceAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var item in _source.Reader.ReadAllAsync(cancellationToken))
            {
                yield return item;
            }
        }
        finally
        {
            _hasEnded = true;
        }
    }
}
