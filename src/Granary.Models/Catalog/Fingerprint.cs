using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Models.Catalog;

/// <summary>SHA-256 over the names, lengths and contents of a model's source files and over how its weights are stored.</summary>
internal static class Fingerprint
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Computes it, in lower-case hex.</summary>
    /// <param name="files">Configuration, tokenizer and weights, in a fixed order.</param>
    /// <param name="weights">Kind of the imported weights and what is kept wide: other weights, other KV caches.</param>
    /// <param name="read">Told how many bytes were read since the last call.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static string Compute(IEnumerable<string> files, string weights, Action<long> read, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AppendFramed(hash, Encoding.UTF8.GetBytes(weights));
        var buffer = new byte[BufferBytes];
        foreach (var path in files)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            AppendFramed(hash, Encoding.UTF8.GetBytes(Path.GetFileName(path)));
            AppendLength(hash, file.Length);
            for (int count; (count = file.Read(buffer)) > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, count);
                read(count);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AppendFramed(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        AppendLength(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void AppendLength(IncrementalHash hash, long length)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        hash.AppendData(bytes);
    }
}
