using System.Threading.Channels;

namespace Granary.Shards;

/// <summary>A stream that hands what is written to it to one reader, piece by piece. Writing waits for the reader; flushing waits until it has asked for more than there is.</summary>
internal sealed class PieceWriter : Stream
{
    private readonly Channel<byte[]> _pieces = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });
    private byte[] _piece = new byte[Export.PieceBytes];
    private int _count;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The next piece, or <see langword="null"/> at the end. Whoever calls has taken the one before.</summary>
    public async ValueTask<byte[]?> TakeAsync()
    {
        while (await _pieces.Reader.WaitToReadAsync())
        {
            if (_pieces.Reader.TryRead(out var piece) && piece.Length > 0)
            {
                return piece;
            }
        }

        return null;
    }

    /// <summary>Nothing more comes, whether all was written or not.</summary>
    public void End() => _pieces.Writer.TryComplete();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            var part = buffer[..Math.Min(buffer.Length, _piece.Length - _count)];
            part.CopyTo(_piece.AsMemory(_count));
            _count += part.Length;
            buffer = buffer[part.Length..];
            if (_count == _piece.Length)
            {
                await _pieces.Writer.WriteAsync(_piece, cancellationToken);
                (_piece, _count) = (new byte[Export.PieceBytes], 0);
            }
        }
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_count > 0)
        {
            await _pieces.Writer.WriteAsync(_piece[.._count], cancellationToken);
            _count = 0;
        }

        // There is room for one: the second is in when the first was reached, by a reader who wanted more.
        await _pieces.Writer.WriteAsync([], cancellationToken);
        await _pieces.Writer.WriteAsync([], cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
