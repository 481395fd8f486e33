using System.Buffers.Binary;
using System.Text;

namespace Orleans.Runtime.Messaging;

/// <summary>
/// How two silos meet: the caller says its cluster, who it is and whom it wants; the listener answers with a verdict. Both are one length byte pair and UTF-8 text, so that a stranger
/// who connects by mistake is refused after a few bytes.
/// </summary>
internal static class Handshake
{
    private const string Protocol = "orleans-embedded/1";
    private const int MaxBytes = 2048;

    public static Task WriteRequestAsync(Stream stream, string clusterId, SiloAddress caller, SiloAddress wanted, CancellationToken token) =>
        WriteAsync(stream, $"{Protocol}\n{clusterId}\n{caller.ToParsableString()}\n{wanted.ToParsableString()}", token);

    /// <summary>Reads what a caller says and finds a verdict; the caller's address is null unless it is welcome.</summary>
    public static async Task<(HandshakeVerdict Verdict, SiloAddress? Caller)> ReadRequestAsync(Stream stream, string clusterId, SiloAddress local, Func<SiloAddress, bool> isGone, CancellationToken token)
    {
        var parts = (await ReadAsync(stream, token)).Split('\n');
        if (parts.Length != 4 || parts[0] != Protocol || !SiloAddress.TryParse(parts[2], null, out var caller))
        {
            return (HandshakeVerdict.NotUnderstood, null);
        }

        if (parts[1] != clusterId)
        {
            return (HandshakeVerdict.WrongCluster, null);
        }

        if (parts[3] != local.ToParsableString())
        {
            return (HandshakeVerdict.WrongSilo, null);
        }

        return isGone(caller) ? (HandshakeVerdict.YouAreDead, null) : (HandshakeVerdict.Welcome, caller);
    }

    public static Task WriteVerdictAsync(Stream stream, HandshakeVerdict verdict, CancellationToken token) => WriteAsync(stream, verdict.ToString(), token);

    public static async Task<HandshakeVerdict> ReadVerdictAsync(Stream stream, CancellationToken token) =>
        Enum.TryParse<HandshakeVerdict>(await ReadAsync(stream, token), out var verdict) ? verdict : HandshakeVerdict.NotUnderstood;

    private static async Task WriteAsync(Stream stream, string text, CancellationToken token)
    {
        var bytes = new byte[2 + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)(bytes.Length - 2));
        Encoding.UTF8.GetBytes(text, bytes.AsSpan(2));
        await stream.WriteAsync(bytes, token);
    }

    private static async Task<string> ReadAsync(Stream stream, CancellationToken token)
    {
        var prefix = new byte[2];
        await stream.ReadExactlyAsync(prefix, token);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(prefix);
        if (length > MaxBytes)
        {
            throw new InvalidDataException($"A handshake of {length} bytes; {MaxBytes} are allowed.");
        }

        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, token);
        return Encoding.UTF8.GetString(bytes);
    }
}
