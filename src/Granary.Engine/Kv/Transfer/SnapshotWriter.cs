using System.Buffers.Binary;
using System.Text.Json;

namespace Granary.Engine.Kv.Transfer;

/// <summary>Writes a generation to a stream, part by part.</summary>
internal sealed class SnapshotWriter(Stream stream)
{
    private readonly byte[] _header = new byte[SnapshotFormat.PreambleBytes];
    private int _parts;

    /// <summary>Writes what a chapter begins with.</summary>
    public async Task WriteAsync(SequenceSnapshot snapshot, CancellationToken ct)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(snapshot, SnapshotFormat.Json);
        SnapshotFormat.Magic.CopyTo(_header);
        BinaryPrimitives.WriteInt32LittleEndian(_header.AsSpan(8), SnapshotFormat.Version);
        BinaryPrimitives.WriteInt32LittleEndian(_header.AsSpan(12), json.Length);
        await stream.WriteAsync(_header, ct);
        await stream.WriteAsync(json, ct);
        BinaryPrimitives.WriteUInt32LittleEndian(_header, BlockFile.Checksum(json));
        await stream.WriteAsync(_header.AsMemory(0, sizeof(uint)), ct);
    }

    /// <summary>Writes keys and values of the next tokens.</summary>
    /// <param name="tokens">How many, at least one.</param>
    /// <param name="kv">As <see cref="Execution.IModelRunner.ReadKv"/> gives them.</param>
    /// <param name="ct">Ends the writing.</param>
    public Task WritePartAsync(int tokens, ReadOnlyMemory<byte> kv, CancellationToken ct) => WriteAsync(tokens, kv, ct);

    /// <summary>Ends the chapter, and says that nothing of it is missing.</summary>
    public async Task WriteEndAsync(CancellationToken ct)
    {
        await WriteAsync(0, BitConverter.GetBytes(_parts), ct);
        await stream.FlushAsync(ct);
    }

    private async Task WriteAsync(int tokens, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_header, tokens);
        BinaryPrimitives.WriteInt32LittleEndian(_header.AsSpan(4), bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(_header.AsSpan(8), SnapshotFormat.Checksum(_parts, tokens, bytes.Span));
        await stream.WriteAsync(_header.AsMemory(0, SnapshotFormat.PartHeaderBytes), ct);
        await stream.WriteAsync(bytes, ct);
        _parts++;
    }
}
