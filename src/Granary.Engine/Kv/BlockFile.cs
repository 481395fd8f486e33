using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Granary.Engine.Kv;

/// <summary>
/// One KV block as a file: a header that says what it is, then keys and values as <see cref="Execution.IModelRunner.ReadKv"/> gives
/// them. A file that is not exactly what was asked for, or was not written to its end, is refused.
/// </summary>
/// <remarks>
/// Header, little-endian: magic (8 bytes), version (4), block tokens (4), token bytes (4), checksum of the payload (4), model identity
/// (32), block hash (16), checksum of all that (4). The checksum is CRC-32C, which processors compute as fast as memory is
/// read. Files are not flushed: after a crash of the machine the checksum tells what came through.
/// </remarks>
internal static class BlockFile
{
    public const int HeaderBytes = 76;
    private const int Version = 1;
    private static readonly byte[] Magic = "GRNYKVBK"u8.ToArray();

    /// <summary>Writes a file under a temporary name and gives it its own once it is whole.</summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public static void Write(string path, KvFormat format, BlockHash hash, ReadOnlySpan<byte> block)
    {
        string temporary = path + TemporarySuffix;
        try
        {
            using (SafeFileHandle file = File.OpenHandle(
                temporary, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.None, HeaderBytes + block.Length))
            {
                Span<byte> header = stackalloc byte[HeaderBytes];
                WriteHeader(header, format, hash, Checksum(block));
                RandomAccess.Write(file, header, 0);
                RandomAccess.Write(file, block, HeaderBytes);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>What a file is called until it is whole.</summary>
    public const string TemporarySuffix = ".part";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">What it must hold.</param>
    /// <param name="hash">Which block it must be.</param>
    /// <param name="block">[<see cref="KvFormat.BlockBytes"/>], filled with the block; of no use if this throws.</param>
    /// <exception cref="InvalidDataException">The file is torn, damaged, or of another model; it says which.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="NotSupportedException">It is no file but a device.</exception>
    public static void Read(string path, KvFormat format, BlockHash hash, Span<byte> block)
    {
        using SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete); // without the calls that lock it and announce the order
        long length = RandomAccess.GetLength(file);
        if (length != HeaderBytes + block.Length)
        {
            throw new InvalidDataException($"it has {length} bytes instead of {HeaderBytes + block.Length}");
        }

        Span<byte> header = stackalloc byte[HeaderBytes];
        ReadExactly(file, header, 0);
        uint checksum = CheckHeader(header, format, hash);
        ReadExactly(file, block, HeaderBytes);
        if (Checksum(block) != checksum)
        {
            throw new InvalidDataException("its checksum is wrong");
        }
    }

    /// <summary>CRC-32C.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (byte last in bytes[(bytes.Length & ~7)..])
        {
            crc = BitOperations.Crc32C(crc, last);
        }

        return ~crc;
    }

    private static void WriteHeader(Span<byte> header, KvFormat format, BlockHash hash, uint checksum)
    {
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], format.BlockTokens);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], format.TokenBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], checksum);
        format.Identity.Span.CopyTo(header[24..]);
        hash.Write(header[56..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[72..], Checksum(header[..72]));
    }

    /// <returns>The checksum that the payload must have.</returns>
    private static uint CheckHeader(ReadOnlySpan<byte> header, KvFormat format, BlockHash hash)
    {
        uint payload = BinaryPrimitives.ReadUInt32LittleEndian(header[20..]);
        Span<byte> expected = stackalloc byte[HeaderBytes];
        WriteHeader(expected, format, hash, payload);
        if (header.SequenceEqual(expected))
        {
            return payload;
        }

        throw new InvalidDataException(
            !header[..12].SequenceEqual(expected[..12]) ? "it is no KV block of this version"
            : Checksum(header[..72]) != BinaryPrimitives.ReadUInt32LittleEndian(header[72..]) ? "its header is damaged"
            : "it belongs to another model or another prefix");
    }

    private static void ReadExactly(SafeFileHandle file, Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(file, destination, offset);
            if (read == 0)
            {
                throw new InvalidDataException("it ends too early");
            }

            destination = destination[read..];
            offset += read;
        }
    }
}
