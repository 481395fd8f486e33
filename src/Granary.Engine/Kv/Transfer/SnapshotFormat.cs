using System.Text.Json;

namespace Granary.Engine.Kv.Transfer;

/// <summary>
/// How a generation travels: in chapters, the last of which says that it is. A chapter: magic (8 bytes), version (4), length of the snapshot (4), the snapshot as JSON, its
/// checksum (4); then the keys and values that the chapters before had not, in parts of consecutive tokens: number of tokens (4), bytes (4), checksum of both, the part's
/// index over all chapters and the bytes (4), the bytes; then a part of no tokens whose bytes count the parts so far. Little-endian, CRC-32C.
/// </summary>
internal static class SnapshotFormat
{
    public const int Version = 2;

    /// <summary>Magic, version, length.</summary>
    public const int PreambleBytes = 16;

    /// <summary>Tokens, bytes, checksum.</summary>
    public const int PartHeaderBytes = 12;

    /// <summary>Bounds what a damaged length can cost.</summary>
    public const int MaxBytes = 1 << 28;

    public static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static ReadOnlySpan<byte> Magic => "GRNYSEQ\0"u8;

    /// <summary>The checksum of a part: it says where the part belongs, too.</summary>
    public static uint Checksum(int index, int tokens, ReadOnlySpan<byte> bytes) =>
        BlockFile.Checksum([.. BitConverter.GetBytes(index), .. BitConverter.GetBytes(tokens), .. BitConverter.GetBytes(BlockFile.Checksum(bytes))]);
}
