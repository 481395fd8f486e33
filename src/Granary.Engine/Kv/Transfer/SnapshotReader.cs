using System.Buffers.Binary;
using System.Text.Json;

namespace Granary.Engine.Kv.Transfer;

/// <summary>Reads what <see cref="SnapshotWriter"/> wrote, and nothing else.</summary>
internal sealed class SnapshotReader(Stream stream)
{
    private readonly byte[] _header = new byte[SnapshotFormat.PreambleBytes];
    private byte[] _part = [];
    private int _parts;

    /// <summary>Reads what a chapter begins with.</summary>
    /// <exception cref="InvalidDataException">It is no generation of this version, or damaged; it says which.</exception>
    public async Task<SequenceSnapshot> ReadAsync(CancellationToken ct)
    {
        await FillAsync(_header, ct);
        if (!_header.AsSpan(0, 8).SequenceEqual(SnapshotFormat.Magic))
        {
            throw new InvalidDataException("it is no exported generation");
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(_header.AsSpan(8));
        if (version != SnapshotFormat.Version)
        {
            throw new InvalidDataException($"it has version {version}; this engine reads {SnapshotFormat.Version}");
        }

        byte[] json = new byte[CheckedLength(BinaryPrimitives.ReadInt32LittleEndian(_header.AsSpan(12)))];
        await FillAsync(json, ct);
        await FillAsync(_header.AsMemory(0, sizeof(uint)), ct);
        return BinaryPrimitives.ReadUInt32LittleEndian(_header) == BlockFile.Checksum(json) ? Parse(json) : throw Damaged();
    }

    /// <summary>Reads keys and values of the next tokens.</summary>
    /// <returns>How many tokens, and their bytes until the next call; no tokens once all parts of the chapter were read.</returns>
    /// <exception cref="InvalidDataException">The stream is torn or damaged.</exception>
    public async Task<(int Tokens, ReadOnlyMemory<byte> Kv)> ReadPartAsync(CancellationToken ct)
    {
        await FillAsync(_header.AsMemory(0, SnapshotFormat.PartHeaderBytes), ct);
        int tokens = BinaryPrimitives.ReadInt32LittleEndian(_header);
        int length = CheckedLength(BinaryPrimitives.ReadInt32LittleEndian(_header.AsSpan(4)));
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(_header.AsSpan(8));
        if (_part.Length < length)
        {
            _part = new byte[length];
        }

        Memory<byte> bytes = _part.AsMemory(0, length);
        await FillAsync(bytes, ct);
        if (tokens < 0 || SnapshotFormat.Checksum(_parts, tokens, bytes.Span) != checksum)
        {
            throw Damaged();
        }

        if (tokens == 0 && (length != sizeof(int) || BitConverter.ToInt32(bytes.Span) != _parts))
        {
            throw Damaged();
        }

        _parts++;
        return (tokens, bytes);
    }

    private static SequenceSnapshot Parse(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize<SequenceSnapshot>(json, SnapshotFormat.Json) ?? throw Damaged();
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"its description cannot be read: {e.Message}", e);
        }
    }

    private static int CheckedLength(int length) => length is >= 0 and <= SnapshotFormat.MaxBytes ? length : throw Damaged();

    private static InvalidDataException Damaged() => new("it is damaged: a checksum or a length is wrong");

    private async Task FillAsync(Memory<byte> buffer, CancellationToken ct)
    {
        try
        {
            await stream.ReadExactlyAsync(buffer, ct);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("it ends too early", e);
        }
    }
}
