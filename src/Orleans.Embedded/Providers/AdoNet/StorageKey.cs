using System.Buffers.Binary;
using System.Text;

namespace Orleans.Storage;

/// <summary>A grain's key in the columns of OrleansStorage.</summary>
/// <param name="N0">First half of a GUID key, else 0.</param>
/// <param name="N1">Second half of a GUID key, or an integer key, else 0.</param>
/// <param name="Text">A string key, or the extension of a compound key.</param>
/// <param name="Hash">Hash of all, for the index.</param>
internal readonly record struct StorageKey(long N0, long N1, string? Text, int Hash)
{
    public static StorageKey Of(GrainId grain)
    {
        Span<byte> number = stackalloc byte[16];
        if (grain.TryGetGuidKey(out var guid, out var extension))
        {
            guid.TryWriteBytes(number);
            return new(
                BinaryPrimitives.ReadInt64LittleEndian(number), BinaryPrimitives.ReadInt64LittleEndian(number[8..]), extension, HashOf(number, extension));
        }

        if (grain.TryGetIntegerKey(out var integer, out extension))
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, integer);
            return new(0, integer, extension, HashOf(number[..8], extension));
        }

        var text = grain.Key.ToString();
        return new(0, 0, text, HashOf([], text));
    }

    // Orleans hashes the key's bytes back to front.
    private static int HashOf(ReadOnlySpan<byte> number, string? text)
    {
        byte[] bytes = [.. number, .. Encoding.UTF8.GetBytes(text ?? "")];
        Array.Reverse(bytes);
        return XxHash32.HashAsOrleansDoes(bytes);
    }
}
