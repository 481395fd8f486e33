using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Granary.Engine.Kv;

/// <summary>
/// Names a KV block by everything that its contents depend on: model, tenant's salt and all tokens up to its end. Equal
/// hashes are equal prefixes, so that one lookup finds a block and proves what came before it.
/// </summary>
/// <param name="Value">The first 128 bits of a SHA-256: nobody can make two prefixes collide, and nobody finds a block without its salt.</param>
/// <remarks>Chained block hashes after vLLM's automatic prefix caching (Kwon et al., SOSP 2023, and its documentation).</remarks>
internal readonly record struct BlockHash(UInt128 Value)
{
    /// <summary>Bytes of a hash.</summary>
    public const int Bytes = 16;

    /// <summary>Most tokens of a block.</summary>
    public const int MaxBlockTokens = 256;

    /// <summary>The hash of nothing, from which a tenant's blocks are chained.</summary>
    public static BlockHash Root(KvFormat format, string salt)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        byte[] text = System.Text.Encoding.UTF8.GetBytes(salt);
        SHA256.HashData([.. format.Identity.Span, .. text], hash);
        return Truncated(hash);
    }

    /// <summary>The hash of a prefix that is longer by these tokens.</summary>
    /// <param name="tokens">At most <see cref="MaxBlockTokens"/>.</param>
    public BlockHash Next(ReadOnlySpan<int> tokens)
    {
        Span<byte> bytes = stackalloc byte[Bytes + (MaxBlockTokens * sizeof(int))];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, Value);
        int length = Bytes;
        foreach (int token in tokens)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes[length..], token);
            length += sizeof(int);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..length], hash);
        return Truncated(hash);
    }

    /// <summary>Writes the hash.</summary>
    /// <param name="destination">[<see cref="Bytes"/>].</param>
    public void Write(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static BlockHash Read(ReadOnlySpan<byte> source) => new(BinaryPrimitives.ReadUInt128BigEndian(source));

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out BlockHash hash)
    {
        bool parsed = UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 value);
        hash = new BlockHash(value);
        return parsed && text.Length == 2 * Bytes;
    }

    /// <summary>32 hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);

    private static BlockHash Truncated(ReadOnlySpan<byte> hash) => Read(hash);
}
