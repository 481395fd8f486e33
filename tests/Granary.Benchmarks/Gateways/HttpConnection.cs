using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Granary.Benchmarks.Gateways;

/// <summary>A client of HTTP/1.1 that costs next to nothing, so that a load on the same machine measures the server: one connection, one request at a time, known to be answered as these servers do.</summary>
internal sealed class HttpConnection : IDisposable
{
    private static readonly byte[] LastChunk = "0\r\n\r\n"u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 << 10];

    public Task ConnectAsync(Uri server, CancellationToken cancellationToken) => _socket.ConnectAsync(IPAddress.Loopback, server.Port, cancellationToken).AsTask();

    /// <summary>A whole request with a JSON body.</summary>
    public static byte[] Post(string path, string json, params string[] headers) => Encoding.UTF8.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{string.Concat(headers.Select(header => header + "\r\n"))}Content-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}");

    /// <summary>Sends a request and reads the answer to its end.</summary>
    /// <param name="request">From <see cref="Post"/>.</param>
    /// <param name="copy">Gets the body, chunk sizes and all, if somebody wants it.</param>
    /// <param name="cancellationToken">Gives up; the connection is of no use any more.</param>
    /// <returns>From sending to the first byte of the body.</returns>
    /// <exception cref="InvalidDataException">The status was not 200.</exception>
    public async ValueTask<TimeSpan> AskAsync(ReadOnlyMemory<byte> request, Stream? copy, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        await _socket.SendAsync(request, cancellationToken);
        var (filled, body) = (0, -1);
        while (body < 0 || body == filled)
        {
            filled += await ReceiveAsync(filled, cancellationToken);
            body = BodyOf(filled);
        }

        var first = Stopwatch.GetElapsedTime(began);
        var length = Check(body);
        var rest = length is { } known ? known - (filled - body) : 0;
        copy?.Write(_buffer, body, filled - body);
        while (length is null ? !EndsWithLastChunk(filled) : rest > 0)
        {
            var kept = Math.Min(filled, LastChunk.Length);
            _buffer.AsSpan(filled - kept, kept).CopyTo(_buffer);
            var received = await ReceiveAsync(kept, cancellationToken);
            copy?.Write(_buffer, kept, received);
            (filled, rest) = (kept + received, rest - received);
        }

        return first;
    }

    public void Dispose() => _socket.Dispose();

    private async ValueTask<int> ReceiveAsync(int from, CancellationToken cancellationToken)
    {
        var received = await _socket.ReceiveAsync(_buffer.AsMemory(from), cancellationToken);
        return received > 0 ? received : throw new InvalidDataException("The server closed the connection in the middle of an answer.");
    }

    private int BodyOf(int filled)
    {
        var end = _buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
        return end < 0 ? -1 : end + 4;
    }

    /// <returns>The body's length; <see langword="null"/> where it comes in chunks.</returns>
    private int? Check(int body)
    {
        var head = _buffer.AsSpan(0, body);
        if (!head.StartsWith("HTTP/1.1 200"u8))
        {
            throw new InvalidDataException($"The server answered: {Encoding.UTF8.GetString(_buffer, 0, Math.Min(_buffer.Length, body + 500)).TrimEnd('\0')}");
        }

        var at = head.IndexOf("ontent-Length: "u8);
        at = at < 0 ? head.IndexOf("ontent-length: "u8) : at;
        if (at < 0)
        {
            return null;
        }

        var digits = head[(at + 15)..];
        return int.Parse(digits[..digits.IndexOf((byte)'\r')], NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private bool EndsWithLastChunk(int filled) => _buffer.AsSpan(0, filled).EndsWith(LastChunk);
}
