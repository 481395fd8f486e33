namespace Granary.TokenLog.Stores;

/// <summary>A turn of <see cref="MemoryTokenLogStore"/>: arrays while it is open, a place on a page when it is closed.</summary>
internal sealed class MemoryTurn(byte[]? request)
{
    private List<byte[]>? _records = [];
    private byte[]? _request = request;
    private int? _requestLength; // of a closed one that has a request
    private BytePages.Place _closed;

    public long Epoch { get; set; }

    public string Silo { get; set; } = "";

    public DateTimeOffset? Expires { get; set; }

    public bool IsClosed => _records is null;

    public AppendOutcome Append(TurnAppend append)
    {
        if (IsClosed)
        {
            return AppendOutcome.Fenced;
        }

        if (append.First > _records!.Count)
        {
            return AppendOutcome.Lost;
        }

        _records.AddRange(append.Records.Skip(_records.Count - append.First));
        return AppendOutcome.Written;
    }

    /// <summary>Twice is no error.</summary>
    public void Close(BytePages pages)
    {
        if (!IsClosed)
        {
            _requestLength = _request?.Length;
            _closed = pages.Keep([.. _request ?? [], .. Records()]);
            (_request, _records) = (null, null);
        }
    }

    /// <summary>It is not in the store any more.</summary>
    public void Release(BytePages pages)
    {
        if (IsClosed)
        {
            pages.Release(_closed);
        }
    }

    public StoredTurn ToStored() => IsClosed
        ? new(Epoch, _requestLength is { } length ? _closed.Bytes[..length].ToArray() : null, _closed.Bytes[(_requestLength ?? 0)..].ToArray(), true)
        : new(Epoch, _request, Records(), false);

    private byte[] Records() => [.. _records!.SelectMany(static record => record)];
}
