using System.Text;
using Granary.Engine.Output;
using Granary.Models;
using Granary.Serving;

namespace Granary.Engine.Tests.Output;

public sealed class OutputStreamTests
{
    [Fact]
    public async Task ReadAsync_slow_reader_gets_steps_joined()
    {
        var stream = new OutputStream();
        stream.Write(1, new StringBuilder("a"));
        stream.Write(2, new StringBuilder("b"));
        EngineOutput first = (await stream.ReadAsync(default))!;
        stream.Finish(3, new StringBuilder("c"), FinishReason.Length, new TokenUsage(1, 0, 3));
        EngineOutput second = (await stream.ReadAsync(default))!;

        Assert.Equal((0, "ab", null), (first.FirstIndex, first.Text, first.FinishReason));
        Assert.Equal([1, 2], first.Tokens);
        Assert.Equal((2, "c", FinishReason.Length), (second.FirstIndex, second.Text, second.FinishReason));
        Assert.Null(await stream.ReadAsync(default));
    }

    [Fact]
    public async Task ReadAsync_failed_stream_gives_output_then_error()
    {
        var stream = new OutputStream();
        stream.Write(1, new StringBuilder("a"));
        stream.Fail(new InvalidOperationException("broken"));
        Assert.Equal("a", (await stream.ReadAsync(default))!.Text);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await stream.ReadAsync(default));
    }

    [Fact]
    public async Task ReadAsync_nothing_written_waits_until_cancelled()
    {
        using var left = new CancellationTokenSource();
        Task<EngineOutput?> read = new OutputStream().ReadAsync(left.Token).AsTask();
        Assert.False(read.IsCompleted);
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }
}
