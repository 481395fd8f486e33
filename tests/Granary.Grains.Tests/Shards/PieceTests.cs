using Granary.Shards;

namespace Granary.Grains.Tests.Shards;

/// <summary>What goes in at one end of an export comes out at the other.</summary>
public sealed class PieceTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(Export.PieceBytes)]
    [InlineData((3 * Export.PieceBytes) + 1)]
    public async Task Bytes_arrive_as_they_were_written(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        await using var writer = new PieceWriter();
        var writing = WriteAsync(writer, bytes);

        await using var reader = new PieceReader(PiecesAsync(writer), CancellationToken.None);
        var read = new MemoryStream();
        await reader.CopyToAsync(read, 1000);

        await writing;
        Assert.Equal(bytes, read.ToArray());
    }

    [Fact]
    public async Task FlushAsync_ends_when_the_reader_asks_for_more_than_there_is()
    {
        await using var writer = new PieceWriter();
        await writer.WriteAsync(new byte[10]);
        var flushing = writer.FlushAsync(CancellationToken.None);

        Assert.Equal(10, (await writer.TakeAsync())!.Length);
        await Task.Yield();
        Assert.False(flushing.IsCompleted);
        var rest = writer.TakeAsync();
        await flushing;
        writer.End();
        Assert.Null(await rest);
    }

    [Fact]
    public async Task Reader_that_leaves_closes_the_source()
    {
        var isClosed = false;
        var reader = new PieceReader(ForeverAsync(), CancellationToken.None);
        await reader.ReadExactlyAsync(new byte[3]);
        await reader.DisposeAsync();
        Assert.True(isClosed);

        async IAsyncEnumerable<byte[]> ForeverAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            try
            {
                while (true)
                {
                    await Task.Yield();
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return [1, 2];
                }
            }
            finally
            {
                isClosed = true;
            }
        }
    }

    private static async Task WriteAsync(PieceWriter writer, byte[] bytes)
    {
        for (var at = 0; at < bytes.Length; at += 5000)
        {
            await writer.WriteAsync(bytes.AsMemory(at, Math.Min(5000, bytes.Length - at)));
        }

        await writer.FlushAsync();
        writer.End();
    }

    private static async IAsyncEnumerable<byte[]> PiecesAsync(PieceWriter writer)
    {
        while (await writer.TakeAsync() is { } piece)
        {
            yield return piece;
        }
    }
}
