namespace Granary.Shards;

/// <summary>
/// A stream over pieces. A piece is given out when the next one has come, or the end: who has read everything knows that whoever sent it has let go of it.
/// </summary>
internal sealed class PieceReader : Stream
{
    private readonly CancellationTokenSource _leaving;
    private readonly IAsyncEnumerator<byte[]> _pieces;
    private Task<bool>? _next;
    private ReadOnlyMemory<byte> _piece;
    private byte[]? _ahead; // has come, and is held until the next one or the end has
    private bool _isEnded;

    public PieceReader(IAsyncEnumerable<byte[]> pieces, CancellationToken cancellationToken)
    {
        _leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _pieces = pieces.GetAsyncEnumerator(_leaving.Token);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_piece.Length == 0)
        {
            if (_isEnded)
            {
                return 0;
            }

            _next ??= MoveAsync();
            var came = await _next ? _pieces.Current : null;
            _isEnded = came is null;
            _next = _isEnded ? null : MoveAsync(); // comes while this one is read
            (_piece, _ahead) = (_ahead, came);
        }

        var part = _piece[..Math.Min(buffer.Length, _piece.Length)];
        part.CopyTo(buffer);
        _piece = _piece[part.Length..];
        return part.Length;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        if (_next is not null)
        {
            await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        await _pieces.DisposeAsync();
        _leaving.Dispose();
        await base.DisposeAsync();
    }

    private Task<bool> MoveAsync() => _pieces.MoveNextAsync().AsTask();
}
